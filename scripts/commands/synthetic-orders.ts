import { newCommand, number, outputsOption, runCommand } from '../lib/command.ts'
import { localOutputsFile, readDeployment } from '../lib/deployment.ts'
import { ensureProbeProduct, probeEmail, signProbeIn } from '../lib/synthetic-orders/probe.ts'
import { rejectionTimeoutMs, runRounds, waitForRejections } from '../lib/synthetic-orders/rounds.ts'
import { Tally } from '../lib/synthetic-orders/tally.ts'

interface Options {
  readonly outputs?: string
  readonly minutes: number
  readonly perMinute: number
  readonly maxErrors: number
}

const command = newCommand(
  'npm run synthetic-orders --',
  `
Places orders as a customer would, and reads products and orders, so that a new version receives requests during its release,
even with few customers. The orders are for a product that has no stock and is in no list: each order ends REJECTED and
changes no stock. Their shipping address has the name "Synthetic order".

Ctrl-C ends it early with the same summary. Exit code 0: passed; 1: too many requests failed, or an order was not rejected;
2: wrong arguments.`,
)
  .addOption(outputsOption())
  .option(
    '--minutes <n>',
    'duration (default: one minute longer than a canary release)',
    number({ least: 0.05, most: 30 }),
    6,
  )
  .option(
    '--per-minute <n>',
    'orders per minute, with six reads each; customerLimits of the stage must allow them',
    number({ least: 1, most: 120 }),
    20,
  )
  .option('--max-errors <n>', 'tolerated percentage of failed calls', number({ least: 0, most: 100 }), 5)
  .action(async (options: Options) => {
    process.exitCode = await placeOrders(options)
  })

async function placeOrders({ outputs, minutes, perMinute, maxErrors }: Options): Promise<number> {
  const deployment = readDeployment(outputs ?? localOutputsFile())
  const stopped = Promise.withResolvers<void>()
  process.once('SIGINT', stopped.resolve).once('SIGTERM', stopped.resolve)
  if (await ensureProbeProduct(deployment)) console.log('The product for synthetic orders was created.')
  const intervalMs = 60_000 / perMinute
  const probe = { deployment, token: await signProbeIn(deployment), tally: new Tally() }
  console.log(`Placing an order every ${(intervalMs / 1000).toFixed(1)} s as ${probeEmail}. Ctrl-C stops it.`)

  const orders = await runRounds(probe, { durationMs: minutes * 60_000, intervalMs, stopped: stopped.promise })
  const open = await waitForRejections(probe, orders)
  const { tally } = probe
  for (const line of tally.lines()) console.log(line)
  console.log(`${orders.length} orders placed, ${orders.length - open.length} of them rejected as expected.`)
  if (open.length > 0) console.error(`Not rejected after ${rejectionTimeoutMs / 1000} s: ${open.join(', ')}`)
  const errorPercent = tally.errorShare * 100
  const summary = `${tally.failed} of ${tally.total} calls failed (${errorPercent.toFixed(1)} %).`
  const tooMany = errorPercent > maxErrors
  if (tooMany) console.error(`${summary} That is more than ${maxErrors} %.`)
  else console.log(summary)
  return tooMany || open.length > 0 ? 1 : 0
}

await runCommand(command)
