import { decodeJwt } from 'jose'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { startSystem, type RunningSystem } from '#scripts/lib/running-system.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startOrders } from '#scripts/lib/release/orders-during-deployment.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { probeProduct } from '#scripts/lib/synthetic-orders/probe.ts'
import { shopOf } from '#test/support/shop.ts'
import { command, npm, runScript, stopNpm } from './command.ts'

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

test('token creates the user once and prints the token as the last line', async () => {
  const first = await run(['run', 'token', '--', '--email', 'ada@example.com'])
  const second = await run(['run', 'token', '--', '--email', 'ada@example.com', '--group', 'staff'])
  expect([first.code, second.code]).toEqual([0, 0])
  // On a local system the password is replaced: with it, the user signs in on the pages.
  const chosen = await run(['run', 'token', '--', '--email', 'ada@example.com', '--password', 'Back-Office-2026'])
  expect([chosen.code, chosen.output]).toEqual([
    0,
    expect.stringContaining('had a different password, which was replaced'),
  ])
  // Without one it stays: the user could no longer sign in.
  const kept = await run(['run', '--silent', 'token', '--', '--email', 'ada@example.com'])
  expect(kept).toEqual({ code: 1, output: 'ada@example.com has a different password: pass it with --password.\n' })
  const weak = await run(['run', '--silent', 'token', '--', '--email', 'ada@example.com', '--password', 'short'])
  expect(weak).toEqual({
    code: 1,
    output: expect.stringMatching(/^AWS rejected the request: InvalidPasswordException/),
  })
  const [customer, staff] = [first, second].map(({ output }) => output.trim().split('\n').at(-1)!) as [string, string]
  expect(decodeJwt(staff).sub).toBe(decodeJwt(customer).sub)
  expect(decodeJwt(staff)['cognito:groups']).toEqual(['staff'])
  expect((await callApi(system.deployment, 'GET', '/me', { token: customer })).body.email).toBe('ada@example.com')
  expect((await callApi(system.deployment, 'GET', '/admin/orders', { token: staff })).status).toBe(200)
})

test.each<[string, string, string[], number, RegExp]>([
  ['no address', 'token', [], 2, /^Required option '--email <address>' not specified/],
  [
    'a group that does not exist',
    'token',
    ['--email', 'ada@example.com', '--group', 'none'],
    1,
    /^The user pool has no group none\.$/,
  ],
  [
    'an outputs file that does not exist',
    'token',
    ['--email', 'ada@example.com', '--outputs', 'no-such-file.json'],
    1,
    /^File no-such-file\.json does not exist\. .* set CARTWHEEL_DATA /,
  ],
  ['no choice of lines', 'logs', [], 2, /^Pass --correlation, --service or --level .*, or --follow/],
  ['an unknown level', 'logs', ['--level', 'loud'], 2, /It must be one of DEBUG, INFO, WARN, ERROR/],
  ['an unknown service', 'logs', ['--service', 'none'], 1, /^No function of none has a log group\. --service takes /],
  ['an unknown id', 'logs', ['--correlation', 'unknown'], 1, /^No function has logged unknown/],
])('%s for %s: one clear line', async (_name, script, args, code, message) => {
  expect(await runScript(script, args, env)).toEqual({ code, lines: [expect.stringMatching(message)] })
})

test('the demo uses the running system, and the logs of an order are found by its correlation id', async () => {
  const staff = ['run', '--silent', 'token', '--', '--email', 'staff@example.com', '--password', 'Back-Office-2026']
  await run([...staff, '--group', 'staff'])
  const shop = shopOf(system.deployment)
  // The cheapest ones, and never stocked.
  const details = { description: 'Sticks.', category: 'home', price: { amount: 1, currency: 'EUR' } }
  for (const name of ['Sticker', 'Second sticker']) {
    const body = { ...details, name, sku: name.toUpperCase().replace(' ', '-') }
    expect((await shop.api('POST', '/admin/products', { token: await shop.staffToken(), body })).status).toBe(201)
  }
  const demo = await run(['run', 'demo'])
  // The account that the README creates signs in as before.
  expect((await run(staff)).output).not.toContain('password')
  expect(demo.output).toContain('is DELIVERED')
  expect(demo.output).toContain('is REJECTED')
  expect(demo.output.trim().endsWith('\nDemo passed.')).toBe(true)
  expect(demo.code).toBe(0)

  const { token } = await shop.newCustomer('logs@example.com')
  const items = [{ sku: await shop.skuOf(0), quantity: 1 }]
  const placed = await shop.placeOrder(token, items, { 'x-correlation-id': 'one-order' })
  expect(placed.status).toBe(201)
  const logs = await eventually('a log line of the email', async () => {
    const { output } = await run(['run', 'logs', '--', '--correlation', 'one-order'])
    return output.includes('send-mail') && output
  })
  for (const name of ['place-order', 'relay', 'reserve-stock', 'apply-events', 'send-mail'])
    expect(logs).toContain(name)
  expect(logs).not.toContain('logs@example.com')

  // All lines have the trace of the request, although each function behind a queue has its own X-Ray trace.
  const lines = (await run(['run', '--silent', 'logs', '--', '--correlation', 'one-order', '--json'])).output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const [placing] = lines.filter(({ operation }) => operation === 'placeOrder')
  expect(placing.trace_id).toMatch(/^1-/)
  expect(lines.map(({ trace_id: trace }) => trace)).toEqual(lines.map(() => placing.trace_id))
  expect(logs).not.toContain('X-Ray')

  // The running system prints the same lines.
  const isPrinted = (hop: RegExp) =>
    eventually(`a line of ${hop.source}`, async () =>
      system
        .output()
        .split('\n')
        .some((line) => line.includes('one-order') && hop.test(line)),
    )
  await isPrinted(/place-order.*\d+ ms.*(cold|warm)/)
  await isPrinted(/send-mail/)
})

test('logs --follow prints the lines of a service while they are logged, once each, until it is stopped', async () => {
  const following = npm(['run', '--silent', 'logs', '--', '--follow', '--service', 'catalog', '--json'], env)
  const seen = await eventually('a followed line', async () => {
    const { status } = await callApi(system.deployment, 'GET', '/products/unknown')
    expect(status).toBe(404)
    return following.output().includes('getProduct') && following.output().trim().split('\n')
  })
  await stopNpm(following, 'SIGTERM')
  expect(new Set(seen).size).toBe(seen.length)
  for (const line of seen) expect(JSON.parse(line)).toMatchObject({ level: 'INFO', service: 'catalog' })

  const warnings = await run(['run', '--silent', 'logs', '--', '--service', 'catalog', '--level', 'error'])
  expect(warnings).toEqual({
    code: 1,
    output: expect.stringMatching(/^No function of catalog has logged a line of level ERROR/),
  })
})

test('synthetic orders are placed during a deployment that shifts traffic, and reported when it ends', async () => {
  const release = { shift: 'canary-10-percent-5-minutes', placeOrderConcurrency: 0 } as const
  const outputs = JSON.parse(readFileSync(system.outputsFile, 'utf8'))
  expect(startOrders({ name: 'dev', release: { ...release, shift: 'all-at-once' } }, outputs)).toBeUndefined()
  expect(startOrders({ name: 'dev', release }, undefined)).toBeUndefined()

  const before = process.env['CARTWHEEL_DATA']
  process.env['CARTWHEEL_DATA'] = dirname(system.outputsFile)
  try {
    const orders = startOrders({ name: 'dev', release }, outputs)!
    const log = join(dirname(system.outputsFile), 'synthetic-orders-dev.log')
    await eventually('the first order', async () => readFileSync(log, 'utf8').includes('Placing an order'))
    expect(await orders.stop()).toMatchObject({ ok: true, summary: expect.stringContaining('calls failed') })
    expect(readFileSync(log, 'utf8')).toMatch(/[1-9]\d* orders placed, [1-9]\d* of them rejected as expected/)
  } finally {
    if (before === undefined) delete process.env['CARTWHEEL_DATA']
    else process.env['CARTWHEEL_DATA'] = before
  }
})

describe('synthetic orders', () => {
  const start = (...args: string[]) =>
    command(process.execPath, ['scripts/commands/synthetic-orders.ts', '--per-minute', '60', ...args], env)

  test('are placed, rejected and counted, and their product is not listed', async () => {
    const started = start('--minutes', '0.05')
    expect(await started.ended).toBe(0)
    const [, placed, rejected] =
      /^(\d+) orders placed, (\d+) of them rejected as expected\.$/m.exec(started.output()) ?? []
    expect(Number(placed)).toBeGreaterThanOrEqual(1)
    expect(rejected).toBe(placed)
    expect(started.output()).toMatch(/^POST \/orders +\d+ succeeded +0 failed +p50 +\d+ ms +p95 +\d+ ms$/m)
    expect(started.output()).toMatch(/^0 of \d+ calls failed \(0\.0 %\)\.$/m)

    const { deployment } = system
    const listed = await callApi(deployment, 'GET', `/products?category=${probeProduct.category}&limit=100`)
    expect(listed.body.items.length).toBeGreaterThan(0)
    expect(listed.body.items.map(({ sku }) => sku)).not.toContain(probeProduct.sku)
    const token = await signIn(deployment, { email: 'stock-keeper@example.com', group: 'staff' })
    const { body } = await callApi(deployment, 'GET', '/admin/orders?limit=1', { token })
    expect(body.items[0]!.shippingAddress.name).toBe('Synthetic order')
  })

  test('use the existing product and customer the second time, and Ctrl-C stops them with a summary', async () => {
    const started = start('--minutes', '30')
    await started.printed('Ctrl-C stops it.')
    started.process.kill('SIGINT')
    expect(await started.ended).toBe(0)
    expect(started.output()).not.toContain('was created')
    expect(started.output()).toMatch(/calls failed \(0\.0 %\)\.$/m)
  })

  test('at an API that does not respond are faults by call, exit 1', async () => {
    const outputs = JSON.parse(readFileSync(system.outputsFile, 'utf8'))
    for (const stack of Object.values<Record<string, string>>(outputs)) {
      if (stack['ApiUrl']) stack['ApiUrl'] = 'http://127.0.0.1:9'
    }
    const file = join(dirname(system.outputsFile), 'outputs-of-nowhere.json')
    writeFileSync(file, JSON.stringify(outputs))
    const started = start('--outputs', file, '--minutes', '0.05')
    expect(await started.ended).toBe(1)
    expect(started.output()).toMatch(/^\d+ × POST \/orders: \S.*$/m)
    expect(started.output()).toMatch(/\(100\.0 %\)\. That is more than 5 %\.$/m)
  })
})
