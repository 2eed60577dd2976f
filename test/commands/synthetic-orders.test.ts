import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { callApi } from '#scripts/lib/api-client.ts'
import { startSystem, type RunningSystem } from '#scripts/lib/running-system.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { probeProduct } from '#scripts/lib/synthetic-orders/probe.ts'
import { command } from './command.ts'

let system: RunningSystem

beforeAll(async () => (system = await startSystem()))

afterAll(() => system.stop())

const start = (...args: string[]) =>
  command(process.execPath, ['scripts/commands/synthetic-orders.ts', ...args], {
    CARTWHEEL_DATA: dirname(system.outputsFile),
  })

async function run(...args: string[]) {
  const started = start(...args)
  return { code: await started.ended, output: started.output() }
}

test('orders are placed, rejected and counted, and their product is not listed', async () => {
  const { code, output } = await run('--minutes', '0.05', '--per-minute', '60')
  const [, placed, rejected] = /^(\d+) orders placed, (\d+) of them rejected as expected\.$/m.exec(output) ?? []
  expect(Number(placed)).toBeGreaterThanOrEqual(1)
  expect(rejected).toBe(placed)
  expect(output).toMatch(/^POST \/orders +\d+ succeeded +0 failed +p50 +\d+ ms +p95 +\d+ ms$/m)
  expect(output).toMatch(/^0 of \d+ calls failed \(0\.0 %\)\.$/m)
  expect(code).toBe(0)

  const { deployment } = system
  const listed = await callApi(deployment, 'GET', `/products?category=${probeProduct.category}&limit=100`)
  expect(listed.body.items.length).toBeGreaterThan(0)
  expect(listed.body.items.map(({ sku }) => sku)).not.toContain(probeProduct.sku)
  const token = await signIn(deployment, { email: 'stock-keeper@example.com', group: 'staff' })
  const { body } = await callApi(deployment, 'GET', '/admin/orders?limit=1', { token })
  expect(body.items[0]!.shippingAddress.name).toBe('Synthetic order')
})

test('a second run uses the existing product and customer, and Ctrl-C stops it with a summary', async () => {
  const started = start('--minutes', '30', '--per-minute', '60')
  await started.printed('Ctrl-C stops it.')
  started.process.kill('SIGINT')
  expect(await started.ended).toBe(0)
  expect(started.output()).not.toContain('was created')
  expect(started.output()).toMatch(/calls failed \(0\.0 %\)\.$/m)
})

test('an API that does not respond: the faults by call, exit 1', async () => {
  const outputs = JSON.parse(readFileSync(system.outputsFile, 'utf8'))
  for (const stack of Object.values<Record<string, string>>(outputs)) {
    if (stack['ApiUrl']) stack['ApiUrl'] = 'http://127.0.0.1:9'
  }
  const file = join(dirname(system.outputsFile), 'outputs-of-nowhere.json')
  writeFileSync(file, JSON.stringify(outputs))
  const { code, output } = await run('--outputs', file, '--minutes', '0.05', '--per-minute', '60')
  expect(output).toMatch(/^\d+ × POST \/orders: \S.*$/m)
  expect(output).toMatch(/\(100\.0 %\)\. That is more than 5 %\.$/m)
  expect(code).toBe(1)
})

test.each([
  ['an infinite duration', ['--minutes', 'Infinity'], 2, /^Option '--minutes <n>' argument 'Infinity' is invalid/],
  ['too many orders', ['--per-minute', '5000'], 2, /It must be a number from 1 to 120/],
  ['a share that is not a number', ['--max-errors', 'some'], 2, /It must be a number from 0 to 100/],
  [
    'an outputs file that does not exist',
    ['--outputs', 'no-such-file.json'],
    1,
    /^File no-such-file\.json does not exist/,
  ],
])('%s: one clear line', async (_name, args, code, message) => {
  const result = await run(...args)
  expect([result.code, result.output.trim().split('\n')]).toEqual([code, [expect.stringMatching(message)]])
})
