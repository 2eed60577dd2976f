import { causedBy, createEvent, type AnyEventOf, type EventOf } from '#shared/events/envelope.ts'
import { unreachable } from '#shared/result.ts'
import { StockRejected, StockReserved } from '#services/inventory/events.ts'
import { OrderRejected, OrderReserved, orderStatuses, type OrderStatus } from '../events.ts'
import { stateOf, type Order } from './order.ts'

/** The events of other services that change orders: the columns of the table below. */
export const triggers = [StockReserved, StockRejected] as const
export type Trigger = (typeof triggers)[number]
export type TriggerEvent = AnyEventOf<Trigger>

/** The events that orders publish when a trigger is applied. */
export type ChangeEvent = typeof OrderReserved | typeof OrderRejected

type Transition =
  | { readonly status: OrderStatus; readonly event: ChangeEvent }
  /** The trigger arrives too late: it is recorded and changes nothing. */
  | 'ignored'
  /** The trigger arrives before another event that it depends on: it is delivered again. */
  | 'retried'

/** A transition for each trigger and status; `otherwise` applies to statuses without their own transition. */
type Transitions = Readonly<
  Record<Trigger['type'], Readonly<Partial<Record<OrderStatus, Transition>> & { otherwise: Transition }>>
>

/** What happens to an order in a status when a trigger arrives. */
export const transitions: Transitions = {
  StockReserved: { PLACED: { status: 'RESERVED', event: OrderReserved }, otherwise: 'ignored' },
  StockRejected: { PLACED: { status: 'REJECTED', event: OrderRejected }, otherwise: 'ignored' },
}

export const transitionOf = (status: OrderStatus, trigger: Trigger['type']): Transition =>
  transitions[trigger][status] ?? transitions[trigger].otherwise

export type Evolved =
  | { readonly kind: 'applied'; readonly order: Order; readonly event: EventOf<ChangeEvent> }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'retried' }

/** Applies a trigger to an order. */
export function evolve(order: Order, trigger: TriggerEvent, { time }: { readonly time: Date }): Evolved {
  const transition = transitionOf(order.status, trigger.type)
  if (typeof transition === 'string') return { kind: transition }
  const { fields, data } = effectOf(trigger)
  const { status, event } = transition
  const next = { ...order, ...fields, status, version: order.version + 1, updatedAt: time.toISOString() }
  return {
    kind: 'applied',
    order: next,
    event: createEvent(event, {
      aggregateId: next.orderId,
      aggregateVersion: next.version,
      time,
      cause: causedBy(trigger.metadata),
      data: event.data.parse({ ...stateOf(next), ...data }),
    }),
  }
}

/** The changes of a trigger besides the status, and the data of the order's event besides its summary. */
function effectOf(trigger: TriggerEvent): { fields: Partial<Order>; data: object } {
  switch (trigger.type) {
    case 'StockReserved':
      return { fields: {}, data: { reservedUntil: trigger.data.heldUntil } }
    case 'StockRejected': {
      const reason = 'out-of-stock'
      return { fields: { reason }, data: { reason, shortages: trigger.data.shortages } }
    }
    default:
      return unreachable(trigger)
  }
}

/**
 * The statuses that an installed service changes automatically, within seconds: an order that stays in one is stuck.
 * Without such a service, the status is final.
 */
export const transientStatuses = (installedServices: readonly string[]): OrderStatus[] =>
  orderStatuses.filter((status) =>
    triggers.some(
      ({ type, source }) =>
        installedServices.some((service) => source === `${service}.app`) &&
        typeof transitionOf(status, type) === 'object',
    ),
  )
