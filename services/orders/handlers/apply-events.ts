import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { evolve } from '../domain/change.ts'
import { triggers, type ChangeEvent, type TriggerEvent } from '../domain/transitions.ts'
import type { OrderStatus } from '../events.ts'
import type { OrderChanges } from '../ports.ts'

/** A metric of each event, also of those that requests cause. */
export const metricOf: Readonly<Record<ChangeEvent['type'], string>> = {
  OrderReserved: 'OrdersReserved',
  OrderRejected: 'OrdersRejected',
  OrderPaid: 'OrdersPaid',
  OrderPaymentFailed: 'OrdersPaymentFailed',
  OrderShipped: 'OrdersShipped',
  OrderDelivered: 'OrdersDelivered',
  OrderCancelled: 'OrdersCancelled',
  ReturnRequested: 'ReturnsRequested',
  RefundRequested: 'RefundsRequested',
  OrderRefunded: 'OrdersRefunded',
}

/**
 * Applies other services' events to orders, each once even if it is delivered several times. An event fails, and is
 * delivered again, when its order does not exist, keeps changing, or must receive another event first.
 */
export function applyEventsHandler({
  orders,
  finalStatuses,
  now,
  backoff,
}: {
  readonly orders: OrderChanges
  readonly finalStatuses: readonly OrderStatus[]
  readonly now: () => Date
  readonly backoff: Backoff
}) {
  const attempt = async (trigger: TriggerEvent) => {
    const { orderId } = trigger.data
    const from = await orders.find(orderId)
    if (!from) throw new Error(`Order ${orderId} of ${trigger.type} does not exist.`)
    const evolved = evolve(from, trigger, { time: now(), finalStatuses })
    if (evolved.kind === 'retried') throw new Error(`${trigger.type} is too early: ${orderId} is ${from.status}.`)
    if (evolved.kind === 'already-recorded') return evolved
    const saved = await orders.save({ ...evolved, from })
    return saved === 'stale' ? { kind: saved } : evolved
  }

  return eventConsumer(triggers, async (trigger) => {
    const { orderId } = trigger.data
    const outcome = await retryWhileContended(
      backoff,
      () => attempt(trigger),
      ({ kind }) => kind === 'stale',
    )
    if (outcome.kind === 'stale') throw new Error(`Order ${orderId} kept changing while ${trigger.type} was applied.`)
    if (outcome.kind === 'applied') metrics.addMetric(metricOf[outcome.event.type], MetricUnit.Count, 1)
    return { outcome: outcome.kind }
  })
}
