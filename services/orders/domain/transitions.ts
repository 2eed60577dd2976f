import { causedBy, createEvent, type AnyEventOf, type EventOf } from '#shared/events/envelope.ts'
import { unreachable } from '#shared/result.ts'
import { StockRejected, StockReleased, StockReserved } from '#services/inventory/events.ts'
import { PaymentCaptured, PaymentDeclined } from '#services/payments/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '#services/shipping/events.ts'
import {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPaymentFailed,
  OrderRejected,
  OrderReserved,
  OrderShipped,
  type OrderStatus,
} from '../events.ts'
import { stateOf, type Order } from './order.ts'

/** The events of other services that change orders. */
export const triggers = [
  StockReserved,
  StockRejected,
  StockReleased,
  PaymentCaptured,
  PaymentDeclined,
  ShipmentCreated,
  ShipmentDelivered,
] as const
export type Trigger = (typeof triggers)[number]
export type TriggerEvent = AnyEventOf<Trigger>

/** The events that orders publish when a trigger is applied. */
export type ChangeEvent =
  | typeof OrderReserved
  | typeof OrderRejected
  | typeof OrderPaid
  | typeof OrderPaymentFailed
  | typeof OrderShipped
  | typeof OrderDelivered
  | typeof OrderCancelled

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

const cancelled = { status: 'CANCELLED', event: OrderCancelled } as const

/** What happens to an order in a status when a trigger arrives. */
export const transitions: Transitions = {
  StockReserved: { PLACED: { status: 'RESERVED', event: OrderReserved }, otherwise: 'ignored' },
  StockRejected: { PLACED: { status: 'REJECTED', event: OrderRejected }, otherwise: 'ignored' },
  /** Only the release of an expired reservation is applied: the others follow from the order's own events. */
  StockReleased: { PLACED: cancelled, RESERVED: cancelled, PAID: cancelled, otherwise: 'ignored' },
  /** Payments refund by themselves what was captured for an order that is CANCELLED by now. */
  PaymentCaptured: { PLACED: 'retried', RESERVED: { status: 'PAID', event: OrderPaid }, otherwise: 'ignored' },
  PaymentDeclined: {
    PLACED: 'retried',
    RESERVED: { status: 'PAYMENT_FAILED', event: OrderPaymentFailed },
    otherwise: 'ignored',
  },
  ShipmentCreated: {
    PLACED: 'retried',
    RESERVED: 'retried',
    PAID: { status: 'SHIPPED', event: OrderShipped },
    otherwise: 'ignored',
  },
  ShipmentDelivered: {
    PLACED: 'retried',
    RESERVED: 'retried',
    PAID: 'retried',
    SHIPPED: { status: 'DELIVERED', event: OrderDelivered },
    otherwise: 'ignored',
  },
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
  const effect = effectOf(trigger)
  if (effect === 'ignored') return { kind: effect }
  const { status, event } = transition
  const next = { ...order, ...effect.fields, status, version: order.version + 1, updatedAt: time.toISOString() }
  return {
    kind: 'applied',
    order: next,
    event: createEvent(event, {
      aggregateId: next.orderId,
      aggregateVersion: next.version,
      time,
      cause: causedBy(trigger.metadata),
      data: event.data.parse({ ...stateOf(next), ...effect.data }),
    }),
  }
}

/** The changes of a trigger besides the status, and the data of the order's event besides the order's state. */
function effectOf(trigger: TriggerEvent): { fields: Partial<Order>; data?: object } | 'ignored' {
  switch (trigger.type) {
    case 'StockReserved':
      return { fields: {}, data: { reservedUntil: trigger.data.heldUntil } }
    case 'StockRejected':
      return { fields: { reason: 'out-of-stock' }, data: { shortages: trigger.data.shortages } }
    case 'StockReleased':
      return trigger.data.reason === 'expired' ? { fields: { reason: 'reservation-expired' } } : 'ignored'
    case 'PaymentDeclined':
      return { fields: { reason: trigger.data.reason } }
    case 'ShipmentCreated': {
      const { trackingNumber, carrier } = trigger.data
      return { fields: { shipment: { trackingNumber, carrier } } }
    }
    case 'PaymentCaptured':
    case 'ShipmentDelivered':
      return { fields: {} }
    default:
      return unreachable(trigger)
  }
}

/**
 * The statuses that an installed service changes automatically, within seconds: an order that stays in one is stuck.
 * Without such a service, the status is final.
 */
export const transientStatuses = (installedServices: readonly string[]): OrderStatus[] =>
  (Object.keys(nextServices) as TransientStatus[]).filter((status) => installedServices.includes(nextServices[status]))

/** The services that change an order automatically, unless it waits for the carrier or for staff. */
const nextServices = { PLACED: 'inventory', RESERVED: 'payments', PAID: 'shipping' } as const
type TransientStatus = keyof typeof nextServices
