import type { AnyEventOf } from '#shared/events/envelope.ts'
import { StockRejected, StockReleased, StockReserved } from '#services/inventory/events.ts'
import { PaymentCaptured, PaymentDeclined, PaymentRefunded } from '#services/payments/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '#services/shipping/events.ts'
import {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPaymentFailed,
  OrderRefunded,
  OrderRejected,
  OrderReserved,
  OrderShipped,
  RefundRequested,
  ReturnRequested,
  type OrderStatus,
  type Pieces,
} from '../events.ts'

/** The events of other services that change orders. */
export const triggers = [
  StockReserved,
  StockRejected,
  StockReleased,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  ShipmentCreated,
  ShipmentDelivered,
] as const
export type Trigger = (typeof triggers)[number]
export type TriggerEvent = AnyEventOf<Trigger>

/** What customers and staff request. */
export type Command =
  | { readonly type: 'cancel' }
  | { readonly type: 'requestReturn'; readonly items: readonly Pieces[]; readonly reason: string }
  /** By staff: of a return, or of everything, which cancels the order. */
  | { readonly type: 'refund' }
  | { readonly type: 'rejectReturn'; readonly reason: string }
  | { readonly type: 'markDelivered' }

/** The events that orders publish when an order changes. */
export type ChangeEvent =
  | typeof OrderReserved
  | typeof OrderRejected
  | typeof OrderPaid
  | typeof OrderPaymentFailed
  | typeof OrderShipped
  | typeof OrderDelivered
  | typeof OrderCancelled
  | typeof ReturnRequested
  | typeof RefundRequested
  | typeof OrderRefunded

export interface Applied {
  readonly status: OrderStatus
  /** The status instead, while the order has pieces that were not sent back. */
  readonly whilePiecesRemain?: OrderStatus
  readonly event: ChangeEvent
}

/** A transition for each status; `otherwise` applies to statuses without their own one. */
type Transitions<Name extends string, Other> = Readonly<
  Record<Name, Readonly<Partial<Record<OrderStatus, Applied | Other>> & { otherwise: Other }>>
>

const cancelled = { status: 'CANCELLED', event: OrderCancelled } as const
const delivered = { status: 'DELIVERED', event: OrderDelivered } as const
const returnRequested = { status: 'RETURN_REQUESTED', event: ReturnRequested } as const

/**
 * The delivery of a shipped order. It is applied once: also to an order that is sent back before it arrives, whose return
 * is requested then, or was refunded in part or rejected already.
 */
const delivery = {
  SHIPPED: delivered,
  RETURN_REQUESTED: { status: 'RETURN_REQUESTED', event: OrderDelivered },
  DELIVERED: delivered,
} as const

/**
 * What happens to an order in a status when an event arrives. `ignored`: it arrives too late, is recorded, and changes
 * nothing. `retried`: it arrives before another event that it depends on, and is delivered again.
 */
export const transitions: Transitions<Trigger['type'], 'ignored' | 'retried'> = {
  StockReserved: { PLACED: { status: 'RESERVED', event: OrderReserved }, otherwise: 'ignored' },
  StockRejected: { PLACED: { status: 'REJECTED', event: OrderRejected }, otherwise: 'ignored' },
  /** Only the release of an expired reservation: the others follow from the order's own events. */
  StockReleased: { PLACED: cancelled, RESERVED: cancelled, PAID: cancelled, otherwise: 'ignored' },
  /** Payments refund by themselves what was captured for an order that is CANCELLED by now. */
  PaymentCaptured: { PLACED: 'retried', RESERVED: { status: 'PAID', event: OrderPaid }, otherwise: 'ignored' },
  PaymentDeclined: {
    PLACED: 'retried',
    RESERVED: { status: 'PAYMENT_FAILED', event: OrderPaymentFailed },
    otherwise: 'ignored',
  },
  /** Of a return, only the refund that was requested for it. */
  PaymentRefunded: {
    CANCELLED: { status: 'CANCELLED', event: OrderRefunded },
    RETURN_REQUESTED: { status: 'REFUNDED', whilePiecesRemain: 'DELIVERED', event: OrderRefunded },
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
    ...delivery,
    otherwise: 'ignored',
  },
}

/** What a request does to an order in a status. */
export const commands: Transitions<Command['type'], 'refused'> = {
  cancel: { PLACED: cancelled, RESERVED: cancelled, PAID: cancelled, otherwise: 'refused' },
  requestReturn: { SHIPPED: returnRequested, DELIVERED: returnRequested, otherwise: 'refused' },
  refund: {
    PAID: cancelled,
    RETURN_REQUESTED: { status: 'RETURN_REQUESTED', event: RefundRequested },
    otherwise: 'refused',
  },
  rejectReturn: { RETURN_REQUESTED: delivered, otherwise: 'refused' },
  markDelivered: { ...delivery, otherwise: 'refused' },
}

/** The transitions that change the status. */
const moves = [...Object.values(transitions), ...Object.values(commands)].flatMap((row) =>
  Object.entries<Applied | string>(row).flatMap(([from, each]) =>
    typeof each === 'object' && each.status !== from ? [each] : [],
  ),
)

/** The status to which an event moves an order; undefined for one that moves it to several, or to none. */
export function statusAfter(event: string): OrderStatus | undefined {
  const sameEvent = moves.filter((each) => each.event.type === event)
  const [status, ...others] = new Set(sameEvent.flatMap((each) => [each.status, each.whilePiecesRemain ?? each.status]))
  return others.length === 0 ? status : undefined
}

/** The services that change an order in these statuses by themselves, within seconds. */
const nextServices = { PLACED: 'inventory', RESERVED: 'payments', PAID: 'shipping' } as const
const automatic = Object.keys(nextServices) as (keyof typeof nextServices)[]

/** The statuses that an installed service changes automatically: an order that stays in one is stuck. */
export const transientStatuses = (installedServices: readonly string[]): OrderStatus[] =>
  automatic.filter((status) => installedServices.includes(nextServices[status]))

/** The statuses that at most a request of the customer or staff changes. */
export const finalStatuses = (installedServices: readonly string[]): OrderStatus[] => [
  ...automatic.filter((status) => !installedServices.includes(nextServices[status])),
  'REJECTED',
  'PAYMENT_FAILED',
  'CANCELLED',
  'DELIVERED',
  'REFUNDED',
]

/** The statuses in which an order waits for the carrier or for staff. */
export const waitingStatuses: readonly OrderStatus[] = ['SHIPPED', 'RETURN_REQUESTED']
