import { decodeJwt } from 'jose'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { startSystem, type RunningSystem } from '#scripts/lib/running-system.ts'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ordersBeside } from '#scripts/lib/release/orders-during-deployment.ts'
import { npm } from './command.ts'

let system: RunningSystem
let env: Record<string, string>

beforeAll(async () => {
  system = await startSystem()
  env = { CARTWHEEL_DATA: dirname(system.outputsFile) }
})

afterAll(() => system.stop())

async function run(args: readonly string[]): Promise<{ code: number | string; output: string }> {
  const started = npm(args, env)
  const code = await started.ended
  return { code, output: started.output() }
}

test('token makes the user, knows it again, and prints the token as the last line', async () => {
  const first = await run(['run', 'token', '--', '--email', 'ada@example.com'])
  const second = await run(['run', 'token', '--', '--email', 'ada@example.com', '--group', 'staff'])
  expect([first.code, second.code]).toEqual([0, 0])
  const [customer, staff] = [first, second].map(({ output }) => output.trim().split('\n').at(-1)!) as [string, string]
  expect(decodeJwt(staff).sub).toBe(decodeJwt(customer).sub)
  expect(decodeJwt(staff)['cognito:groups']).toEqual(['staff'])
  expect((await callApi(system.deployment, 'GET', '/me', { token: customer })).body.email).toBe('ada@example.com')
  expect((await callApi(system.deployment, 'GET', '/admin/orders', { token: staff })).status).toBe(200)
})

test.each([
  ['token without an address', ['run', 'token']],
  ['token with an address that is none', ['run', 'token', '--', '--email', 'ada']],
  ['token for a group that is none', ['run', 'token', '--', '--email', 'ada@example.com', '--group', 'nobody']],
  ['token with an unknown flag', ['run', 'token', '--', '--mail', 'ada@example.com']],
  [
    'token for a deployment that is not described',
    ['run', 'token', '--', '--email', 'ada@example.com', '--outputs', 'no-such-file.json'],
  ],
  ['logs without an id', ['run', 'logs']],
  ['logs of an id that nobody logged', ['run', 'logs', '--', '--correlation', 'nobody']],
])('%s: one clear line, exit 1', async (_name, args) => {
  const { code, output } = await run(args)
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toHaveLength(1)
})

test('the demo runs on the running system, and the logs tell its way by one id', async () => {
  const demo = await run(['run', 'demo'])
  expect(demo.output).toContain('is RESERVED')
  expect(demo.output).toContain('is REJECTED')
  expect(demo.code).toBe(0)

  const token = (await run(['run', 'token', '--', '--email', 'logs@example.com'])).output.trim().split('\n').at(-1)!
  const sku = (await callApi(system.deployment, 'GET', '/products?limit=1')).body.items[0].sku
  const placed = await callApi(system.deployment, 'POST', '/orders', {
    token,
    headers: { 'idempotency-key': 'logs', 'x-correlation-id': 'the-whole-way' },
    body: {
      items: [{ sku, quantity: 1 }],
      shippingAddress: { name: 'L', line1: '1 A', city: 'B', postalCode: '1', country: 'IE' },
      paymentToken: 'tok_ok',
    },
  })
  expect(placed.status).toBe(201)
  const logs = await eventually('a line of the mail', async () => {
    const { output } = await run(['run', 'logs', '--', '--correlation', 'the-whole-way'])
    return output.includes('send-mail') && output
  })
  for (const name of ['place-order', 'relay', 'reserve-stock', 'apply-events', 'send-mail'])
    expect(logs).toContain(name)
  expect(logs).not.toContain('logs@example.com')

  // All of it belongs to the one trace that the request began, though each queue's function runs in one of its own.
  const lines = (await run(['run', 'logs', '--', '--correlation', 'the-whole-way', '--json'])).output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const [placing] = lines.filter(({ operation }) => operation === 'placeOrder')
  expect(placing.trace_id).toBe(placing.xray_trace_id)
  expect(lines.map(({ trace_id: trace }) => trace)).toEqual(lines.map(() => placing.trace_id))
  expect(new Set(lines.map(({ xray_trace_id: own }) => own)).size).toBeGreaterThan(3)
  expect(logs.match(/^In X-Ray: .*$/gm)).toEqual([`In X-Ray: trace ${placing.trace_id}`])

  // The console tells the same way while it happens.
  const isTold = (hop: RegExp) =>
    eventually(`a line of ${hop.source}`, async () =>
      system
        .output()
        .split('\n')
        .some((line) => line.includes('the-whole-way') && hop.test(line)),
    )
  await isTold(/place-order.*\d+ ms.*(cold|warm)/)
  await isTold(/send-mail/)
})

test('synthetic orders are placed beside a deployment whose versions shift, and told of at its end', async () => {
  const release = { shift: 'canary-10-percent-5-minutes', placeOrderConcurrency: 0 } as const
  const standing = JSON.parse(readFileSync(system.outputsFile, 'utf8'))
  expect(ordersBeside({ name: 'dev', release: { ...release, shift: 'all-at-once' } }, standing)).toBeUndefined()
  expect(ordersBeside({ name: 'dev', release }, undefined)).toBeUndefined()

  const before = process.env['CARTWHEEL_DATA']
  process.env['CARTWHEEL_DATA'] = dirname(system.outputsFile)
  try {
    const beside = ordersBeside({ name: 'dev', release }, standing)!
    const log = join(dirname(system.outputsFile), 'synthetic-orders-dev.log')
    await eventually('the first order', async () => readFileSync(log, 'utf8').includes('Placing an order'))
    expect(await beside.stop()).toMatchObject({ well: true, summary: expect.stringContaining('calls failed') })
    expect(readFileSync(log, 'utf8')).toMatch(/[1-9]\d* orders placed, [1-9]\d* of them rejected as they should be/)
  } finally {
    if (before === undefined) delete process.env['CARTWHEEL_DATA']
    else process.env['CARTWHEEL_DATA'] = before
  }
})
