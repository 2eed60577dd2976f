import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { callApi, eventually, hasReached } from '#scripts/lib/api-client.ts'
import { readDeployment } from '#scripts/lib/deployment.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { shopOf } from '#test/support/shop.ts'
import { command, descendants, isAlive, npm, type Command } from './command.ts'
import { applicationName } from '#shared/application.ts'

const ready = `${applicationName} is ready at http://127.0.0.1:`
const commands: Command[] = []

function start(directory: string, args: string[] = [], env: Record<string, string> = {}): Command {
  const started = npm(['start', '--silent', '--', '--no-images', ...args], { CARTWHEEL_DATA: directory, ...env })
  commands.push(started)
  return started
}

afterAll(async () => {
  for (const { process: child, ended } of commands) {
    child.kill('SIGTERM')
    await ended
  }
})

test('data survives a restart, --reset deletes it in any version, and the printed commands reach the system', async () => {
  const directory = newFolder()
  const email = 'customer@example.com'
  const first = start(directory)
  await first.printed(ready)
  const before = readDeployment(join(directory, 'outputs.json'))
  const token = await signIn(before, { email, password: 'Secret-Passw0rd!' })
  const shop = shopOf(before)
  const order = await shop.placeOrder(token, [{ sku: await shop.skuOf(0), quantity: 1 }])
  expect(order.status).toBe(201)
  first.process.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  const second = start(directory)
  await second.printed(ready)
  const after = readDeployment(join(directory, 'outputs.json'))
  expect(after.userPoolId).toBe(before.userPoolId)
  // The order was acknowledged just before the stop, so its effects may occur after the restart.
  const again = await signIn(after, { email, password: 'Secret-Passw0rd!' })
  await eventually('RESERVED', async () =>
    hasReached(
      (await callApi(after, 'GET', `/orders/${order.body.orderId}`, { token: again })).body.status,
      'RESERVED',
    ),
  )
  second.process.kill('SIGINT')
  expect(await second.ended).toBe(0)

  writeFileSync(join(directory, 'state.sqlite'), 'state of an older version')
  writeFileSync(join(directory, 'data-version'), '0\n')
  const third = start(directory, ['--reset'])
  await third.printed('Ctrl-C stops it.')
  const empty = readDeployment(join(directory, 'outputs.json'))
  const newCustomer = await signIn(empty, { email, password: 'Another-Passw0rd!' })
  expect((await callApi(empty, 'GET', '/orders', { token: newCustomer })).body.items).toEqual([])

  expect(third.output()).toContain(`CARTWHEEL_DATA=${directory} npm run demo`)
  for (const [line, claim, value] of [
    ['Sign in as a customer', 'token_use', 'access'],
    ['Create a staff account', 'cognito:groups', ['staff']],
  ] as const) {
    const [, printed] = new RegExp(`^ {2}${line} +(.+)$`, 'm').exec(third.output())!
    expect(printed).toContain(`CARTWHEEL_DATA=${directory} npm run token -- --email`)
    // As a user pastes it into their shell, without the environment variables of this process.
    const pasted = command('sh', ['-c', printed!], { CARTWHEEL_DATA: '' })
    expect(await pasted.ended).toBe(0)
    expect(decodeJwt(pasted.output().trim().split('\n').at(-1)!)[claim]).toEqual(value)
  }
  third.process.kill('SIGTERM')
  expect(await third.ended).toBe(0)
})

test.each([
  [['PORT'], /^Port \d+ for the HTTP API is in use\. Set PORT to/],
  [
    ['PORT', 'WEB_PORT', 'AWS_PORT'],
    /^Port \d+ for the HTTP API is in use\. Port \d+ for the CloudFront distribution is in use\. Port \d+ for the AWS endpoint is in use\. Set PORT and WEB_PORT and AWS_PORT to/,
  ],
])('%j in use prints one clear line, exit 1, and creates no folder', async (names, message) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = String((server.address() as AddressInfo).port)
  const parent = newFolder()
  const started = start(join(parent, 'data'), [], Object.fromEntries(names.map((name) => [name, port])))
  expect([await started.ended, lines(started)]).toEqual([1, [expect.stringMatching(message)]])
  expect(started.output()).toContain(port)
  expect(readdirSync(parent)).toEqual([])
  server.close()
})

describe('a system with images', () => {
  const directory = newFolder()
  let started: Command

  beforeAll(async () => {
    started = npm(['start', '--silent'], { CARTWHEEL_DATA: directory })
    commands.push(started)
    await started.printed('Images of ')
  })

  test('summarizes the lines of the seed', async () => {
    const output = started.output()
    const api = /is ready at (\S+)/.exec(output)![1]!
    const exported = /^ {2}Use an AWS SDK +export (.+)$/m.exec(output)![1]!
    expect(Object.fromEntries(exported.split(' ').map((each) => each.split('=')))).toEqual({
      AWS_ENDPOINT_URL: expect.stringMatching(/^http:/),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    })
    expect(output).toContain('sample products were created')
    expect(output).not.toMatch(/ ms {2}(cold|warm) /)
    await fetch(`${api}/products`)
    await started.printed('GET /products')
  })

  test('a second start on its folder prints one clear line, exit 1', async () => {
    const second = start(directory)
    expect([await second.ended, lines(second)]).toEqual([
      1,
      [
        `Another local system is already running on the data directory ${directory}. Run a second system with a folder and ports of its own: CARTWHEEL_DATA=FOLDER PORT=0 WEB_PORT=0 AWS_PORT=0 npm start`,
      ],
    ])
    expect(started.process.exitCode).toBeNull()
  })

  test('on Linux, its processes have the scheduling policy for batches', () => {
    const family = descendants(started.process.pid!)
    const processes = execFileSync('ps', ['-o', 'cls=,args=', '-p', family.join()], { encoding: 'utf8' })
    const policies = processes.split('\n').flatMap((row) => /^\s*(\S+)\s+\S*node\s/.exec(row)?.[1] ?? [])
    expect(policies.length).toBeGreaterThan(2)
    if (process.platform === 'linux') expect(new Set(policies)).toEqual(new Set(['B']))
  })

  test('no process keeps running after kill -9 of npm', async () => {
    const family = descendants(started.process.pid!)
    expect(family.length).toBeGreaterThan(0)
    started.process.kill('SIGKILL')
    await eventually('every process to end', async () => !family.some(isAlive))
  })
})

test.each([
  ['other files', ['notes.txt'], /^The folder \S+ contains files and is not a data directory: .*Set CARTWHEEL_DATA to/],
  [
    'data of another version',
    ['data-version', 'state.sqlite'],
    /^The data in \S+ has a different version than this code \(\d+\)\. CARTWHEEL_DATA=\S+ npm start -- --reset deletes it/,
  ],
])('a folder with %s prints one clear line, exit 1, and is not changed', async (_what, files, message) => {
  const directory = newFolder()
  for (const file of files) writeFileSync(join(directory, file), '0\n')
  const started = start(directory)
  expect([await started.ended, lines(started)]).toEqual([1, [expect.stringMatching(message)]])
  expect(readdirSync(directory)).toEqual(files)
  for (const file of files) expect(readFileSync(join(directory, file), 'utf8')).toBe('0\n')
})

test.each([
  ['a port that is not a number', { PORT: 'http' }, /^PORT must be a port number from 0 to 65535, not "http"\.$/],
  [
    'a flag that npm consumes',
    { npm_config_reset: 'true' },
    /^npm consumed --reset as its own flag; use: npm start -- --reset$/,
  ],
])('%s prints one clear line, exit 2', async (_name, env, message) => {
  const started = start(newFolder(), [], env)
  expect([await started.ended, lines(started)]).toEqual([2, [expect.stringMatching(message)]])
})

const lines = (started: Command) => started.output().trim().split('\n')
