import { callApi } from '../lib/api-client.ts'
import { parseFlags, runScript } from '../lib/command.ts'
import { localOutputsFile, readDeployment, UsageError, type Deployment } from '../lib/deployment.ts'
import { ensureProbeProduct, probeEmail, signProbeIn } from '../lib/synthetic-orders/probe.ts'
import { playRound } from '../lib/synthetic-orders/round.ts'
import { Tally } from '../lib/synthetic-orders/tally.ts'

const help = `
npm run synthetic-orders -- --outputs FILE [--minutes 6] [--per-minute 20] [--max-errors 5]

Places orders as a customer would, and reads products and orders, so that a new version meets calls while it is
released, however quiet the shop is. The orders are of a product that has no stock and stands in no list: each ends
REJECTED and touches no shelf. Their shipping address is in the name of "Synthetic order".

  --outputs FILE     outputs of the deployment (default: those of the running local system)
  --minutes N        how long, 0.05 to 30 (default: 6, a minute more than a canary lasts)
  --per-minute N     orders a minute, 1 to 120, with six reads to each (default: 20)
  --max-errors N     percent of failed calls that are too many (default: 5)

Ctrl-C ends it early with the same summary. Exit code 0: well; 1: too many calls failed, or an order did not end.
`

/** More rounds than these at once would say that the system is late, not that it is tried enough. */
const mostAtOnce = 20

/** How long the last order may take until it is rejected. */
const patienceMs = 60_000

await runScript(async () => {
  const flags = parseFlags(
    {
      outputs: { type: 'string' },
      minutes: { type: 'string', default: '6' },
      'per-minute': { type: 'string', default: '20' },
      'max-errors': { type: 'string', default: '5' },
    },
    help,
  )
  const durationMs = numberFlag('minutes', flags.minutes, { least: 0.05, most: 30 }) * 60_000
  const intervalMs = 60_000 / numberFlag('per-minute', flags['per-minute'], { least: 1, most: 120 })
  const tolerated = numberFlag('max-errors', flags['max-errors'], { least: 0, most: 100 }) / 100
  const deployment = readDeployment(flags.outputs ?? localOutputsFile())
  const interrupted = Promise.withResolvers<void>()
  process.once('SIGINT', interrupted.resolve).once('SIGTERM', interrupted.resolve)
  if (await ensureProbeProduct(deployment)) console.log('The product of the probe was not there, and is now.')
  const token = await signProbeIn(deployment)
  console.log(`Placing an order every ${(intervalMs / 1000).toFixed(1)} s as ${probeEmail}. Ctrl-C ends it.`)

  const tally = new Tally()
  const orders = await playRounds(
    { deployment, token, tally },
    {
      durationMs,
      intervalMs,
      interrupted: interrupted.promise,
    },
  )
  const open = await ordersThatStand(deployment, token, orders)
  for (const line of tally.lines()) console.log(line)
  console.log(`${orders.length} orders placed, ${orders.length - open.length} of them rejected as they should be.`)
  if (open.length > 0) console.error(`Still open after ${patienceMs / 1000} s: ${open.join(', ')}`)
  const tooMany = tally.errorShare > tolerated
  const verdict = `${tally.failed} of ${tally.total} calls failed (${(tally.errorShare * 100).toFixed(1)} %).`
  if (tooMany) console.error(`${verdict} That is more than ${tolerated * 100} %.`)
  else console.log(verdict)
  return tooMany || open.length > 0 ? 1 : 0
})

function numberFlag(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new UsageError(`--${name} is a number from ${least} to ${most}, not ${JSON.stringify(text)}.`)
  return value
}

interface Probe {
  readonly deployment: Deployment
  readonly token: string
  readonly tally: Tally
}

/** Begins a round at every interval, until the time is over or somebody interrupts, and waits for those that run. */
async function playRounds(
  probe: Probe,
  { durationMs, intervalMs, interrupted }: { durationMs: number; intervalMs: number; interrupted: Promise<void> },
) {
  const running = new Set<Promise<void>>()
  const orders: string[] = []
  const over = Promise.withResolvers<void>()
  const begin = () => {
    if (running.size >= mostAtOnce) {
      probe.tally.add('a round', { kind: 'failed', why: `${mostAtOnce} rounds before it were still at work` })
      return
    }
    const round = playRound(probe).then((orderId) => {
      if (orderId) orders.push(orderId)
      running.delete(round)
    })
    running.add(round)
  }
  const rounds = setInterval(begin, intervalMs)
  const progress = setInterval(() => console.log(progressOf(probe.tally, orders.length)), 15_000)
  const timer = setTimeout(over.resolve, durationMs)
  begin()
  await Promise.race([over.promise, interrupted])
  for (const handle of [rounds, progress, timer]) clearTimeout(handle)
  await Promise.all(running)
  return orders
}

function progressOf(tally: Tally, orders: number): string {
  return `${orders} orders placed, ${tally.failed} of ${tally.total} calls failed so far`
}

/** Waits until each order is rejected. @returns the ids of those that are not */
async function ordersThatStand(deployment: Deployment, token: string, orders: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + patienceMs
  let open = [...orders]
  for (;;) {
    const standing: string[] = []
    // One after the other: what checks a release must not be a wave of its own.
    for (const orderId of open) {
      if ((await statusOf(deployment, token, orderId)) !== 'REJECTED') standing.push(orderId)
    }
    open = standing
    if (open.length === 0 || performance.now() > deadline) return open
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function statusOf(deployment: Deployment, token: string, orderId: string): Promise<string | undefined> {
  try {
    return (await callApi(deployment, 'GET', `/orders/${orderId}`, { token })).body.status
  } catch {
    return undefined
  }
}
