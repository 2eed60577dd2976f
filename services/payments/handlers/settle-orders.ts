import { causedBy, type AnyEventOf } from '#shared/events/envelope.ts'
import { eventBatchConsumer, type Handled } from '#shared/lambda/event-consumer.ts'
import { failed, ok, unreachable } from '#shared/result.ts'
import { OrderCancelled, OrderReserved, RefundRequested } from '#services/orders/events.ts'
import { capturePayment, type PaymentDependencies } from '../use-cases/capture-payment.ts'
import { refundPayment } from '../use-cases/refund-payment.ts'
import { countOutcome, logRefused } from './outcome-metrics.ts'

export const subscriptions = [OrderReserved, OrderCancelled, RefundRequested] as const

/**
 * Captures and refunds what orders ask for. The events of a batch are handled at the same time, since each mostly waits for
 * the provider. An event is delivered again when the provider does not respond.
 */
export const settleOrdersHandler = (deps: PaymentDependencies) =>
  eventBatchConsumer(subscriptions, (events) =>
    Promise.all(events.map((event) => settle(deps, event).then(ok, failed))),
  )

async function settle(
  deps: PaymentDependencies,
  { type, metadata, data }: AnyEventOf<(typeof subscriptions)[number]>,
): Promise<Handled> {
  const { orderId } = data
  const cause = causedBy(metadata)
  // The version of the order that the event reports, which is the same whenever the event is delivered.
  const refundId = `${orderId}/${metadata.id.slice(metadata.id.lastIndexOf('/') + 1)}`
  const act = () => {
    switch (type) {
      case 'OrderReserved':
        return capturePayment(deps, { orderId, total: data.total, reservedUntil: data.reservedUntil, cause })
      case 'OrderCancelled':
        return refundPayment(deps, { orderId, refundId, cause })
      case 'RefundRequested':
        return refundPayment(deps, { orderId, refundId, amount: data.refund.amount, cause })
      default:
        return unreachable(type)
    }
  }
  const outcome = await act()
  const { kind } = outcome
  if (kind === 'no-response') throw new Error(`The payment provider did not respond about ${orderId}.`)
  if (kind === 'capturing') throw new Error(`${type} is too early: the payment of ${orderId} is being captured.`)
  if (kind === 'refund-failed') logRefused(orderId, outcome)
  countOutcome(kind)
  return { outcome: kind }
}
