import { causedBy, type AnyEventOf } from '#shared/events/envelope.ts'
import { eventBatchConsumer, type EventOutcome } from '#shared/lambda/event-consumer.ts'
import { ok, unreachable } from '#shared/result.ts'
import { OrderCancelled, OrderPaymentFailed, OrderRefunded, OrderShipped } from '#services/orders/events.ts'
import type { Action, Settlement } from '../domain/settle.ts'
import type { StockDependencies } from '../use-cases/adjust-stock.ts'
import { settleReservations } from '../use-cases/change-reservations.ts'
import { linesOf } from './reserve-stock.ts'

const settlingEvents = [OrderCancelled, OrderPaymentFailed, OrderShipped, OrderRefunded] as const

/** In the order in which one order meets them. */
const actions = ['release', 'ship', 'take-back'] as const satisfies readonly Action[]

/** An event that comes too early fails, and is delivered again. */
export const settleReservationsHandler = (dependencies: StockDependencies) =>
  eventBatchConsumer(settlingEvents, async (events) => {
    const settlements = events.map(settlementOf)
    const outcomes: EventOutcome[] = events.map(() => ok({ outcome: 'ignored' }))
    for (const action of actions) {
      const indexes = settlements.flatMap((settlement, index) => (settlement?.action === action ? [index] : []))
      const group = indexes.map((index) => settlements[index]!)
      const settled = await settleReservations(dependencies, action, group)
      settled.forEach((outcome, position) => {
        outcomes[indexes[position]!] = outcome.ok ? ok({ outcome: outcome.value }) : outcome
      })
    }
    return outcomes
  })

/** @returns undefined for the refund of a cancelled order, whose pieces its cancellation released */
function settlementOf({ type, metadata, data }: AnyEventOf<(typeof settlingEvents)[number]>): Settlement | undefined {
  const { orderId } = data
  const about = { orderId, lines: linesOf(data.items), cause: causedBy(metadata) }
  switch (type) {
    case 'OrderCancelled':
      return { ...about, action: 'release', reason: 'cancelled' }
    case 'OrderPaymentFailed':
      return { ...about, action: 'release', reason: 'payment-failed' }
    case 'OrderShipped':
      return { ...about, action: 'ship' }
    case 'OrderRefunded':
      if (data.status === 'CANCELLED') return undefined
      return { ...about, action: 'take-back', lines: linesOf(data.refund.items), eventId: metadata.id }
    default:
      return unreachable(type)
  }
}
