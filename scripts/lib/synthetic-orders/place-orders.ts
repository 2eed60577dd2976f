import type { Deployment } from '../deployment.ts'
import { ensureProbeProduct, probeEmail, signProbeIn } from './probe.ts'
import { rejectionTimeoutMs, runRounds, waitForRejections } from './rounds.ts'
import { Tally } from './tally.ts'

export type Output = Pick<Console, 'log' | 'error'>

export interface SyntheticOrders {
  readonly minutes: number
  readonly perMinute: number
}

/** With six reads each; the limits of a customer must allow them. */
export const ordersPerMinute = 20

/** The tolerated percentage of failed calls. */
const maxErrors = 5

/**
 * Places synthetic orders until the time is over or `stopped` resolves, waits for their rejection and prints a summary.
 * @returns whether enough calls succeeded and every order was rejected
 */
export async function placeSyntheticOrders(
  deployment: Deployment,
  { minutes, perMinute }: SyntheticOrders,
  stopped: Promise<void>,
  output: Output,
): Promise<boolean> {
  if (await ensureProbeProduct(deployment)) output.log('The product for synthetic orders was created.')
  const intervalMs = 60_000 / perMinute
  const tally = new Tally()
  const probe = { deployment, token: await signProbeIn(deployment), tally, output }
  output.log(`Placing an order every ${(intervalMs / 1000).toFixed(1)} s as ${probeEmail}. Ctrl-C stops it.`)

  const orders = await runRounds(probe, { durationMs: minutes * 60_000, intervalMs, stopped })
  const open = await waitForRejections(probe, orders)
  for (const line of tally.lines()) output.log(line)
  output.log(`${orders.length} orders placed, ${orders.length - open.length} of them rejected as expected.`)
  if (open.length > 0) output.error(`Not rejected after ${rejectionTimeoutMs / 1000} s: ${open.join(', ')}`)
  const errorPercent = tally.errorShare * 100
  const summary = `${tally.failed} of ${tally.total} calls failed (${errorPercent.toFixed(1)} %).`
  const tooMany = errorPercent > maxErrors
  if (tooMany) output.error(`${summary} That is more than ${maxErrors} %.`)
  else output.log(summary)
  return !tooMany && open.length === 0
}
