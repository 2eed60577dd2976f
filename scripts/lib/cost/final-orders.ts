import { callApi } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'

/**
 * An order that does not reach its end has fewer effects, so it would lower the measured cost of an order.
 * @throws CommandError naming an order that is not in the status
 */
export async function requireStatus(
  deployment: Deployment,
  { token, orderIds, status: expected }: { token: string; orderIds: readonly string[]; status: string },
): Promise<void> {
  for (const orderId of orderIds) {
    const { status, body } = await callApi(deployment, 'GET', `/orders/${orderId}`, { token })
    if (body.status === expected) continue
    const found = body.status ?? `unreadable (HTTP ${status})`
    throw new CommandError(`The measured order ${orderId} is ${found}, not ${expected}. No units were stored.`)
  }
}
