import { causedBy, createEvent, type AnyEventOf, type EventOf } from '#shared/events/envelope.ts'
import { unreachable } from '#shared/result.ts'
import type { StockRejected, StockReserved } from '#services/inventory/events.ts'
import { OrderRejected, OrderReserved } from '../events.ts'
import { summaryOf, type Order } from './order.ts'
import { canMove, type OrderStatus } from './status.ts'

export type StockAnswer = AnyEventOf<typeof StockReserved | typeof StockRejected>

export type StockDecision =
  | {
      readonly kind: 'changed'
      readonly order: Order
      readonly event: EventOf<typeof OrderReserved> | EventOf<typeof OrderRejected>
    }
  /** The order went elsewhere before the answer came, such as CANCELLED: the answer changes nothing. */
  | { readonly kind: 'ignored' }

/** What the stock's answer means for an order. */
export function applyStockAnswer(order: Order, answer: StockAnswer, time: Date): StockDecision {
  switch (answer.type) {
    case 'StockReserved': {
      if (!canMove(order.status, 'RESERVED')) return { kind: 'ignored' }
      const next = moved(order, 'RESERVED', time)
      return { kind: 'changed', order: next, event: createEvent(OrderReserved, fact(next, answer, time)) }
    }
    case 'StockRejected': {
      if (!canMove(order.status, 'REJECTED')) return { kind: 'ignored' }
      const reason = 'out-of-stock' as const
      const next = { ...moved(order, 'REJECTED', time), reason }
      const { data, ...rest } = fact(next, answer, time)
      const event = createEvent(OrderRejected, {
        ...rest,
        data: { ...data, reason, shortages: answer.data.shortages },
      })
      return { kind: 'changed', order: next, event }
    }
    default:
      return unreachable(answer)
  }
}

const moved = (order: Order, status: OrderStatus, time: Date): Order => ({
  ...order,
  status,
  version: order.version + 1,
  updatedAt: time.toISOString(),
})

const fact = (order: Order, answer: StockAnswer, time: Date) => ({
  aggregateId: order.orderId,
  aggregateVersion: order.version,
  time,
  cause: causedBy(answer.metadata),
  data: summaryOf(order),
})
