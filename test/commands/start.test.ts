import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { readDeployment } from '#scripts/lib/deployment.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { isAlive, npm, type Command } from './command.ts'

const ready = 'Cartwheel is ready at http://127.0.0.1:'
const directories: string[] = []
const commands: Command[] = []

function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cartwheel-commands-'))
  directories.push(directory)
  return directory
}

function start(directory: string, args: string[] = [], env: Record<string, string> = {}): Command {
  const started = npm(['start', '--', '--no-pictures', ...args], { CARTWHEEL_DATA: directory, ...env })
  commands.push(started)
  return started
}

afterAll(async () => {
  for (const { process: child, ended } of commands) {
    child.kill('SIGTERM')
    await ended
  }
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** Processes below a process, by the table of the operating system. */
function descendants(processId: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const children = rows.filter(([, parentId]) => parentId === processId).map(([id]) => id!)
  return children.flatMap((id) => [id, ...descendants(id)])
}

test('what was made survives a restart, and --reset begins anew', async () => {
  const directory = dataDirectory()
  const email = 'keeper@example.com'
  const first = start(directory)
  await first.printed(ready)
  const before = readDeployment(join(directory, 'outputs.json'))
  const token = await signIn(before, { email, password: 'Secret-Passw0rd!' })
  const staff = await signIn(before, { email: 'staff@example.com', group: 'staff' })
  const sku = (await callApi(before, 'GET', '/products?limit=1')).body.items[0].sku
  await callApi(before, 'PUT', `/admin/inventory/${sku}`, { token: staff, body: { set: 7 } })
  const order = await callApi(before, 'POST', '/orders', {
    token,
    headers: { 'idempotency-key': 'restart' },
    body: {
      items: [{ sku, quantity: 1 }],
      shippingAddress: { name: 'K', line1: '1 A', city: 'B', postalCode: '1', country: 'IE' },
      paymentToken: 'tok_ok',
    },
  })
  expect(order.status).toBe(201)
  first.process.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  const second = start(directory)
  await second.printed(ready)
  const after = readDeployment(join(directory, 'outputs.json'))
  expect(after.userPoolId).toBe(before.userPoolId)
  // The order was acknowledged just before the end; its reactions may have been on their way.
  const again = await signIn(after, { email, password: 'Secret-Passw0rd!' })
  await eventually(
    'RESERVED',
    async () =>
      (await callApi(after, 'GET', `/orders/${order.body.orderId}`, { token: again })).body.status === 'RESERVED',
  )
  second.process.kill('SIGINT')
  expect(await second.ended).toBe(0)

  const third = start(directory, ['--reset'])
  await third.printed(ready)
  const anew = readDeployment(join(directory, 'outputs.json'))
  const stranger = await signIn(anew, { email, password: 'Another-Passw0rd!' })
  expect((await callApi(anew, 'GET', '/orders', { token: stranger })).body.items).toEqual([])
  third.process.kill('SIGTERM')
  expect(await third.ended).toBe(0)
})

test('nothing is left running after kill -9 of npm', async () => {
  const started = start(dataDirectory())
  await started.printed(ready)
  const family = descendants(started.process.pid!)
  expect(family.length).toBeGreaterThan(0)
  started.process.kill('SIGKILL')
  await eventually('every process to end', async () => !family.some(isAlive))
})

test('a second start on the same folder is refused in one line', async () => {
  const directory = dataDirectory()
  const first = start(directory)
  await first.printed(ready)
  const second = start(directory)
  expect(await second.ended).toBe(1)
  expect(lines(second)).toHaveLength(1)
  expect(second.output()).toContain(directory)
  expect(first.process.exitCode).toBeNull()
})

test.each(['PORT', 'AWS_PORT'])('a %s in use is refused in one line', async (name) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = String((server.address() as AddressInfo).port)
  const started = start(dataDirectory(), [], { [name]: port })
  expect(await started.ended).toBe(1)
  expect(lines(started)).toHaveLength(1)
  expect(started.output()).toContain(port)
  server.close()
})

test('a broken data folder is refused in one line, and kept', async () => {
  const directory = dataDirectory()
  const file = join(directory, 'not-a-folder')
  writeFileSync(file, 'precious')
  const started = start(file)
  expect(await started.ended).toBe(1)
  expect(lines(started)).toHaveLength(1)
  expect(started.output()).toContain(file)
})

test.each([
  ['an unknown flag', ['--colour'], {}],
  ['a port that is none', [], { PORT: 'http' }],
  ['a port out of range', [], { AWS_PORT: '70000' }],
])('%s is refused in one line', async (_name, args, env) => {
  const started = start(dataDirectory(), args, env)
  expect(await started.ended).toBe(1)
  expect(lines(started)).toHaveLength(1)
})

const lines = (command: Command) => command.output().trim().split('\n')
