import { callApi, hasReached } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'

/**
 * A rejected order has fewer effects than one that is reserved, so it would lower the measured cost of an order.
 * @throws CommandError naming an order that is not RESERVED
 */
export async function requireReserved(
  deployment: Deployment,
  token: string,
  orderIds: readonly string[],
): Promise<void> {
  for (const orderId of orderIds) {
    const { status, body } = await callApi(deployment, 'GET', `/orders/${orderId}`, { token })
    if (hasReached(body.status, 'RESERVED')) continue
    const found = body.status ?? `unreadable (HTTP ${status})`
    throw new CommandError(`The measured order ${orderId} is ${found}, not RESERVED. No units were stored.`)
  }
}
