import './silence.ts'
import { existsSync, rmSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'
import { OrderReserved } from '#services/orders/events.ts'
import { callApi, eventually, mailsTo } from '#scripts/lib/api-client.ts'
import { synthesize } from '#scripts/lib/cdk.ts'
import { newCommand, number, runCommand } from '#scripts/lib/command.ts'
import { findBrowser, missingBrowser } from '#scripts/lib/browser.ts'
import { quantile } from '#scripts/lib/quantile.ts'
import { startSystem } from '#scripts/lib/running-system.ts'
import { seedImages } from '#scripts/lib/seed/seed-images.ts'
import { coldStarts } from './cold-start.ts'
import { hotItemTable, measureHotItem } from './hot-item.ts'
import { load, openShop, place, type Shop } from './load.ts'
import { pageSpeed } from './page-speed.ts'
import { residentMemory } from './process-figures.ts'
import { table, type Measurement } from './table.ts'

const root = join(import.meta.dirname, '..')
const progress = (line: string) => console.error(`… ${line}`)

/** The next order is placed when all effects of the last one are complete, since they would distort the measurement. */
const mailPollMs = 10
const betweenOrdersMs = 1000

const command = newCommand(
  'npm run bench --',
  `
Measures the local system as its users experience it: start time, synthesis, latency of an order, throughput,
memory, and the speed of pages. The figures apply to this machine and this run; compare ratios, not absolute values.`,
)
  .option('--seconds <n>', 'duration of the load', number({ least: 1, most: 600, whole: true }), 60)
  .option(
    '--against <checkout>',
    'only the load, here and on another checkout with its dependencies installed, in turns',
    parseCheckout,
  )
  .option('--cold-starts', 'only the init of every function, and of place-order as tutorials write it')
  .option('--pages', 'only the speed of the storefront’s pages, in an installed Chromium or Chrome')
  .option('--json', 'print one JSON document instead of the table')
  .helpCommand(false)
  .enablePositionalOptions()
  .action(measureAll)
command
  .command('hot-item')
  .summary('calculates how many orders of one SKU per second get their stock')
  .description(
    'Runs the function that reserves stock, in virtual time, on a table with the limits of DynamoDB, with each of the settings of infra/stages.ts. The figures are equal on every machine.',
  )
  .action(async () => console.log(hotItemTable(await measureHotItem())))

interface Options {
  readonly seconds: number
  readonly against?: string
  readonly json?: true
  readonly coldStarts?: true
  readonly pages?: true
}

function parseCheckout(folder: string): string {
  if (existsSync(join(folder, 'node_modules'))) return resolve(folder)
  throw new InvalidArgumentError('It must be a checkout with its dependencies installed')
}

async function measureAll({ seconds, against, json, pages, coldStarts: onlyColdStarts }: Options): Promise<void> {
  if (pages) return print(await measurePages(), json)
  if (onlyColdStarts) return print(await coldStarts(), json)
  if (against !== undefined) return print(await compare(against, seconds), json)
  const measurements: Measurement[] = []
  const measure = (name: string, value: number, unit: string) => measurements.push({ name, value, unit })

  progress('starting from an unbuilt tree')
  for (const made of ['cdk.out', 'dist']) rmSync(join(root, made), { recursive: true, force: true })
  measure('start to ready, nothing built', await startSeconds(), 's')
  progress('starting from a built tree')
  measure('start to ready, built', await startSeconds(), 's')
  progress('synthesizing')
  measure('synthesis, built functions', await synthesisSeconds(), 's')

  const system = await startSystem()
  try {
    measure('memory of the host, idle', residentMemory(system.processId).processMebibytes, 'MiB')
    const shop = await openShop(system.deployment)
    progress('following the first orders')
    measurements.push(...(await orderLatencies(shop, 'of a new system')))
    progress(`placing orders for ${seconds} s`)
    measurements.push(...(await load(shop, system.processId, seconds)))
    progress('following single orders')
    measurements.push(...(await orderLatencies(shop, 'after the load')))
  } finally {
    await system.stop()
  }
  if (findBrowser() === undefined) progress(`no figures of pages: ${missingBrowser()}`)
  else measurements.push(...(await measurePages()))
  print(measurements, json)
}

async function measurePages(): Promise<Measurement[]> {
  progress('opening pages, with images of the products')
  const system = await startSystem()
  try {
    await seedImages(system.deployment, () => {})
    return await pageSpeed(system.deployment)
  } finally {
    await system.stop()
  }
}

/** Rounds of the load in turns, so that a busy moment of the machine affects both; medians of each, and their ratio. */
async function compare(other: string, seconds: number): Promise<Measurement[]> {
  const rounds = 3
  const results = new Map<string, Measurement[][]>([
    [other, []],
    [root, []],
  ])
  for (let round = 1; round <= rounds; round += 1) {
    for (const [checkout, measured] of results) {
      progress(`round ${round} of ${rounds}: ${checkout}`)
      const system = await startSystem({ checkout })
      try {
        measured.push(await load(await openShop(system.deployment), system.processId, seconds))
      } finally {
        await system.stop()
      }
    }
  }
  const medians = (checkout: string) => medianOf(results.get(checkout)!)
  return medians(root).flatMap(({ name, value, unit }, index) => {
    const before = medians(other)[index]!.value
    return [
      { name: `${name}, other checkout`, value: before, unit },
      { name: `${name}, here`, value, unit },
      { name: `${name}, here / other`, value: value / before, unit: '×' },
    ]
  })
}

const medianOf = (runs: readonly Measurement[][]): Measurement[] =>
  runs[0]!.map((first, index) => ({
    ...first,
    value: quantile(
      runs.map((run) => run[index]!.value),
      0.5,
    ),
  }))

function print(measurements: readonly Measurement[], json: true | undefined): void {
  const machine = `${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  console.log(json ? JSON.stringify({ machine, measurements }, null, 2) : `${machine}\n\n${table(measurements)}`)
}

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000

async function startSeconds(): Promise<number> {
  const startedAt = performance.now()
  const system = await startSystem()
  const seconds = secondsSince(startedAt)
  await system.stop()
  return seconds
}

async function synthesisSeconds(): Promise<number> {
  rmSync(join(root, 'cdk.out'), { recursive: true, force: true })
  const startedAt = performance.now()
  await synthesize('dev')
  return secondsSince(startedAt)
}

/** @returns when the order's change to RESERVED was decided, in milliseconds since the epoch; its write ends a few later */
async function reservedTime({ deployment }: Shop, token: string, orderId: string): Promise<number> {
  const trail = await callApi(deployment, 'GET', `/orders/${orderId}/events`, { token })
  const reservation = trail.body.items.find(({ type }) => type === OrderReserved.type)
  if (!reservation) throw new Error(`The order ${orderId} got its email and is not RESERVED`)
  return Date.parse(reservation.time)
}

/** @param when the state of the system: V8 optimizes the code of a new one only later */
async function orderLatencies(shop: Shop, when: string): Promise<Measurement[]> {
  const rounds = 20
  const [token] = shop.tokens as [string]
  const accepted: number[] = []
  const reserved: number[] = []
  const mailed: number[] = []
  // The first orders start the functions.
  for (let round = -3; round < rounds; round += 1) {
    const startedAt = performance.now()
    const orderId = await place(shop, token)
    const acceptedAt = performance.now()
    const acceptedTime = Date.now()
    // Each poll reads the emails since the order alone: those of the load would take the time of the system.
    const hasMail = async () =>
      (await mailsTo(shop.deployment, shop.email, acceptedTime)).some((mail) => mail.body.text?.includes(orderId))
    await eventually('the email', hasMail, 20_000, mailPollMs)
    const mailedAt = performance.now()
    await setTimeout(betweenOrdersMs)
    if (round < 0) continue
    accepted.push(acceptedAt - startedAt)
    reserved.push((await reservedTime(shop, token, orderId)) - acceptedTime)
    mailed.push(mailedAt - acceptedAt)
  }
  const latencies: [string, number][] = [
    ['order request to accepted, median', quantile(accepted, 0.5)],
    ['order accepted to RESERVED, by its trail, median', quantile(reserved, 0.5)],
    ['order accepted to RESERVED, by its trail, 95th percentile', quantile(reserved, 0.95)],
    ['order accepted to email, median', quantile(mailed, 0.5)],
  ]
  return latencies.map(([name, value]) => ({ name: `${name}, ${when}`, value, unit: 'ms' }))
}

await runCommand(command)
