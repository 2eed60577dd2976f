import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { callApi, eventually, mailsTo } from '#scripts/lib/api-client.ts'
import { synthesize } from '#scripts/lib/cdk.ts'
import { newCommand, number, runCommand } from '#scripts/lib/command.ts'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { startSystem } from '#scripts/lib/running-system.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { coldStarts } from './cold-start.ts'
import { residentMebibytes } from './resident-memory.ts'
import { quantile, table, type Measurement } from './table.ts'

const root = join(import.meta.dirname, '..')
const progress = (line: string) => console.error(`… ${line}`)

/** Short enough not to affect the latencies. */
const pollMs = 2
const address = { name: 'Bench', line1: '1 Bench Road', city: 'Cork', postalCode: 'T12 AB34', country: 'IE' }

const command = newCommand(
  'npm run bench --',
  `
Measures the local system as its users experience it: start time, synthesis, latency of an order, throughput and
memory. The figures apply to this machine and this run; compare ratios, not absolute values.`,
)
  .option('--orders <n>', 'orders of the throughput run', number({ least: 1, most: 1000, whole: true }), 100)
  .option('--cold-starts', 'only the init of every function, and of place-order as tutorials write it')
  .option('--json', 'print one JSON document instead of the table')
  .helpCommand(false)
  .action(measureAll)
command
  .command('hot-item')
  .summary('calculates how many orders of one SKU per second get their stock')
  .description(
    'Runs the function that reserves stock, in virtual time, on a table with the limits of DynamoDB, with each of the settings of infra/stages.ts. The figures are equal on every machine.',
  )
  .action(printHotItem)

interface Options {
  readonly orders: number
  readonly json?: true
  readonly coldStarts?: true
}

async function measureAll({ orders, json, coldStarts: onlyColdStarts }: Options): Promise<void> {
  if (onlyColdStarts) return print(await coldStarts(), json)
  const measurements: Measurement[] = []
  const measure = (name: string, value: number, unit: string) => measurements.push({ name, value, unit })

  progress('starting from an unbuilt tree')
  for (const made of ['cdk.out', 'dist']) rmSync(join(root, made), { recursive: true, force: true })
  measure('start to ready, nothing built', await timed(async () => (await startSystem()).stop), 's')
  progress('starting from a built tree')
  measure('start to ready, built', await timed(async () => (await startSystem()).stop), 's')
  progress('synthesizing')
  measure('synthesis, built functions', await synthesisSeconds(), 's')

  const system = await startSystem()
  try {
    measure('resident memory, idle', residentMebibytes(system.processId), 'MiB')
    const shop = await openShop(system.deployment)
    progress('following single orders')
    for (const [name, value] of await orderLatencies(shop, 20)) measure(name, value, 'ms')
    progress(`placing ${orders} orders`)
    const { accepted, reserved } = await throughput(shop, orders)
    measure('orders accepted', accepted, '/s')
    measure('orders to RESERVED', reserved, '/s')
    measure(`resident memory, after ${orders} orders`, residentMebibytes(system.processId), 'MiB')
  } finally {
    await system.stop()
  }
  print(measurements, json)
}

function print(measurements: readonly Measurement[], json: true | undefined): void {
  const machine = `${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  console.log(json ? JSON.stringify({ machine, measurements }, null, 2) : `${machine}\n\n${table(measurements)}`)
}

async function printHotItem(): Promise<void> {
  // It silences the logs of this process, and those of the local system would inherit that.
  const { hotItemTable, measureHotItem } = await import('./hot-item.ts')
  console.log(hotItemTable(await measureHotItem()))
}

/** Seconds until `begin` resolves; it returns a cleanup function, which is not measured. */
async function timed(begin: () => Promise<() => Promise<void>>): Promise<number> {
  const startedAt = performance.now()
  const end = await begin()
  const seconds = (performance.now() - startedAt) / 1000
  await end()
  return seconds
}

async function synthesisSeconds(): Promise<number> {
  rmSync(join(root, 'cdk.out'), { recursive: true, force: true })
  return timed(async () => {
    await synthesize('dev')
    return async () => {}
  })
}

interface Shop {
  readonly deployment: Deployment
  readonly email: string
  readonly tokens: readonly string[]
  readonly sku: string
}

/** Ten customers, so that one customer's counters do not limit the throughput. */
async function openShop(deployment: Deployment): Promise<Shop> {
  const staff = await signIn(deployment, { email: 'staff@example.com', group: 'staff' })
  const sku = (await callApi(deployment, 'GET', '/products?limit=1')).body.items[0].sku
  await callApi(deployment, 'PUT', `/admin/inventory/${sku}`, { token: staff, body: { set: 100_000, reason: 'bench' } })
  const emails = Array.from({ length: 10 }, () => `bench.${randomUUID()}@example.com`)
  const tokens = await Promise.all(emails.map((email) => signIn(deployment, { email })))
  return { deployment, email: emails[0]!, tokens, sku }
}

async function place({ deployment, sku }: Shop, token: string): Promise<string> {
  const body = { items: [{ sku, quantity: 1 }], shippingAddress: address, paymentToken: 'tok_ok' }
  // One key for all attempts, so that an order whose response was lost is not counted twice.
  const headers = { 'idempotency-key': randomUUID() }
  for (;;) {
    const answer = await callApi(deployment, 'POST', '/orders', { token, headers, body })
    if (answer.status === 201) return answer.body.orderId
    const retryAfterSeconds = answer.headers.get('retry-after')
    if (retryAfterSeconds === null) throw new Error(`An order was not accepted: ${JSON.stringify(answer.body)}`)
    await setTimeout(Number(retryAfterSeconds) * 1000)
  }
}

async function isReserved({ deployment }: Shop, token: string, orderId: string): Promise<boolean> {
  return (await callApi(deployment, 'GET', `/orders/${orderId}`, { token })).body.status === 'RESERVED'
}

async function orderLatencies(shop: Shop, rounds: number): Promise<[string, number][]> {
  const [token] = shop.tokens as [string]
  const accepted: number[] = []
  const reserved: number[] = []
  const mailed: number[] = []
  // The first orders start the functions.
  for (let round = -3; round < rounds; round += 1) {
    const startedAt = performance.now()
    const orderId = await place(shop, token)
    const acceptedAt = performance.now()
    await eventually('RESERVED', () => isReserved(shop, token, orderId), 20_000, pollMs)
    const reservedAt = performance.now()
    const hasMail = async () =>
      (await mailsTo(shop.deployment, shop.email)).some((mail) => mail.body.text?.includes(orderId))
    await eventually('the email', hasMail, 20_000, pollMs)
    if (round < 0) continue
    accepted.push(acceptedAt - startedAt)
    reserved.push(reservedAt - acceptedAt)
    mailed.push(performance.now() - acceptedAt)
  }
  return [
    ['order request to accepted, median', quantile(accepted, 0.5)],
    ['order accepted to RESERVED, median', quantile(reserved, 0.5)],
    ['order accepted to RESERVED, 95th percentile', quantile(reserved, 0.95)],
    ['order accepted to email, median', quantile(mailed, 0.5)],
  ]
}

async function throughput(shop: Shop, orders: number): Promise<{ accepted: number; reserved: number }> {
  const startedAt = performance.now()
  const placed: { token: string; orderId: string }[] = []
  let remaining = orders
  await Promise.all(
    shop.tokens.map(async (token) => {
      while (remaining-- > 0) placed.push({ token, orderId: await place(shop, token) })
    }),
  )
  const acceptedSeconds = (performance.now() - startedAt) / 1000
  for (const { token, orderId } of placed) await eventually('RESERVED', () => isReserved(shop, token, orderId), 60_000)
  return { accepted: orders / acceptedSeconds, reserved: orders / ((performance.now() - startedAt) / 1000) }
}

await runCommand(command)
