import { writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ManualClock } from '../clock.ts'
import { newFolder } from '../test/folders.ts'
import { administrator, Bakery, until } from './testing.ts'

let bakery: Bakery
afterEach(() => bakery.stop())

function codeFolder(code: string): string {
  const folder = newFolder()
  writeFileSync(join(folder, 'bakery.mjs'), code)
  return folder
}

const invoke = (arn: string, event: object = {}) => bakery.lambda.invoke(arn, event, administrator)

test('replaced code serves the next invocation, and a running one ends with the code that it started with', async () => {
  const bake = (what: string) => `import { existsSync } from 'node:fs'
export const handler = async ({ waitFor }) => {
  while (waitFor && !existsSync(waitFor)) await new Promise((resolve) => setTimeout(resolve, 5))
  return '${what}'
}`
  const before = codeFolder(bake('bread'))
  bakery = new Bakery({ developed: () => ({ codeDirectory: before }) })
  const arn = await bakery.deploy()
  expect((await invoke(arn)).payload).toBe('bread')
  const waitFor = join(before, 'done')
  const running = invoke(arn, { waitFor })
  await until(() => bakery.lambda.environments === 1)
  bakery.lambda.replaceCode('bakery', codeFolder(bake('cake')))
  expect((await invoke(arn)).payload).toBe('cake')
  writeFileSync(waitFor, '')
  expect((await running).payload).toBe('bread')
  expect((await invoke(arn)).payload).toBe('cake')
})

test('with source maps, stack traces name the lines of the sources', async () => {
  const source = `enum Heat { High = 'high' }

interface Oven { heat: Heat }
const oven: Oven = { heat: Heat.High }
export const handler = async () => {
  throw new Error(oven.heat)
}`
  const code = stripTypeScriptTypes(source, { mode: 'transform', sourceMap: true, sourceUrl: 'oven.ts' })
  const codeDirectory = codeFolder(code)
  bakery = new Bakery({ developed: () => ({ codeDirectory, development: { sourceMaps: true } }) })
  const { payload } = await invoke(await bakery.deploy())
  expect((payload as { trace: string[] }).trace[1]).toMatch(/oven\.ts:6:9\)?$/)
})

test('a debugger stops in the first call of a function, before and after its code is replaced, without a time limit', async () => {
  const bake = (what: string) => `export const handler = async () => {
  debugger
  return '${what}'
}`
  const codeDirectory = codeFolder(bake('bread'))
  const inspectPort = await freePort()
  const clock = new ManualClock()
  const development = { sourceMaps: false, inspectPort }
  bakery = new Bakery({ clock, developed: () => ({ codeDirectory, development }) })
  const arn = await bakery.deploy({ Timeout: 1 })
  bakery.lambda.start()
  expect(bakery.lambda.isInspected(arn)).toBe(true)
  const call = async () => {
    const debug = await attach(inspectPort)
    await debug.send('Debugger.enable')
    const paused = debug.event('Debugger.paused')
    const running = invoke(arn)
    await paused
    await clock.advance(900_000)
    return { debug, running }
  }
  const before = await call()
  bakery.lambda.replaceCode('bakery', codeFolder(bake('cake')))
  // The process ends with its call, perhaps before it responds.
  void before.debug.send('Debugger.resume')
  expect((await before.running).payload).toBe('bread')
  await before.debug.closed
  const after = await call()
  await after.debug.send('Debugger.resume')
  expect((await after.running).payload).toBe('cake')
  after.debug.close()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A client of the inspector's protocol. */
async function attach(port: number) {
  let socket!: WebSocket
  // A process that ends may still respond, and then accept no connection.
  await until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/json`).catch(() => undefined)
    const [target] = response ? ((await response.json()) as { webSocketDebuggerUrl: string }[]) : []
    if (!target) return false
    socket = new WebSocket(target.webSocketDebuggerUrl)
    return new Promise<boolean>((resolve) => {
      socket.addEventListener('open', () => resolve(true))
      socket.addEventListener('error', () => resolve(false))
    })
  })
  const message = (fits: (parsed: { id?: number; method?: string }) => boolean) =>
    new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => fits(JSON.parse(String(data))) && resolve())
    })
  let id = 0
  return {
    send(method: string): Promise<void> {
      id += 1
      const own = id
      socket.send(JSON.stringify({ id: own, method }))
      return message((parsed) => parsed.id === own)
    },
    event: (method: string) => message((parsed) => parsed.method === method),
    closed: new Promise((resolve) => socket.addEventListener('close', resolve)),
    close: () => socket.close(),
  }
}
