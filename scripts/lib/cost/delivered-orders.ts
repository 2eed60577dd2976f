import { callApi } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'

/**
 * An order that is not delivered has fewer effects, so it would lower the measured cost of an order.
 * @throws CommandError naming an order that is not DELIVERED
 */
export async function requireDelivered(
  deployment: Deployment,
  token: string,
  orderIds: readonly string[],
): Promise<void> {
  for (const orderId of orderIds) {
    const { status, body } = await callApi(deployment, 'GET', `/orders/${orderId}`, { token })
    if (body.status === 'DELIVERED') continue
    const found = body.status ?? `unreadable (HTTP ${status})`
    throw new CommandError(`The measured order ${orderId} is ${found}, not DELIVERED. No units were stored.`)
  }
}
