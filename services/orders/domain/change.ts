import { daySeconds } from '#shared/days.ts'
import { causedBy, createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { euros, type Money } from '#shared/money.ts'
import { failed, ok, unreachable, type Result } from '#shared/result.ts'
import { refundOf } from '#services/pricing/totals.ts'
import type { UserDeleted } from '#services/users/events.ts'
import type { OrderStatus } from '../events.ts'
import { mergePieces, piecesOf, stateOf, type Order } from './order.ts'
import { causeOf, changedData, hasReceived, receivedOf, type TrailEntry } from './trail.ts'
import {
  commands,
  transitions,
  type Applied,
  type ChangeEvent,
  type Command,
  type TriggerEvent,
} from './transitions.ts'

export interface Circumstances {
  readonly time: Date
  /** With the installed services. */
  readonly finalStatuses: readonly OrderStatus[]
}

/** A changed order, and the event to publish with it. */
export interface Changed {
  readonly order: Order
  readonly event: EventOf<ChangeEvent>
}

export type Evolved =
  | ({ readonly kind: 'applied' } & Changed)
  /** The event is recorded in the order's trail and changes nothing else. */
  | { readonly kind: 'ignored'; readonly order: Order }
  | { readonly kind: 'retried' }
  | { readonly kind: 'already-recorded' }

/** What a trigger or a command does besides the status. */
interface Effect {
  readonly fields?: Partial<Order>
  /** The data of the order's event besides the order's state. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly piecesRemain?: boolean
}

/** Applies an event of another service to an order. */
export function evolve(order: Order, trigger: TriggerEvent, circumstances: Circumstances): Evolved {
  if (hasReceived(order, trigger.metadata.id)) return { kind: 'already-recorded' }
  const transition = transitions[trigger.type][order.status] ?? transitions[trigger.type].otherwise
  if (transition === 'retried') return { kind: transition }
  const effect = transition === 'ignored' ? transition : effectOf(order, trigger, circumstances)
  const { fields, data }: Effect = effect === 'ignored' ? {} : effect
  const received = {
    received: receivedOf({ ...order, ...fields }, trigger, data),
    ...ownCorrelation(order, trigger.metadata),
  }
  if (transition === 'ignored' || effect === 'ignored') {
    return { kind: 'ignored', order: withEntry(order, received, circumstances) }
  }
  const cause = causedBy(trigger.metadata)
  return { kind: 'applied', ...changed(order, { transition, effect, cause, entry: received, circumstances }) }
}

/** Why a command is not possible. */
export type Refusal =
  | { readonly kind: 'wrong-status' }
  | { readonly kind: 'return-period-over' }
  /** More pieces than the order has left, by SKU; 0 for a SKU that it does not have. */
  | { readonly kind: 'too-many-pieces'; readonly sku: string; readonly left: number }
  | { readonly kind: 'refund-pending' }

export interface Requester {
  readonly actor: NonNullable<TrailEntry['actor']>
  readonly cause: Cause
}

/** Carries out a request for an order. */
export function obey(
  order: Order,
  command: Command,
  { actor, cause, ...circumstances }: Requester & Circumstances,
): Result<Changed, Refusal> {
  const transition = commands[command.type][order.status] ?? commands[command.type].otherwise
  if (transition === 'refused') return failed({ kind: 'wrong-status' })
  const effect = effectOfCommand(order, command, circumstances)
  if (!effect.ok) return effect
  const entry = { ...causeOf(cause), actor }
  return ok(changed(order, { transition, effect: effect.value, cause, entry, circumstances }))
}

/** Records that the customer deleted their account, and removes what identifies them, now or when the order is final. */
export function forgetCustomer(
  order: Order,
  event: EventOf<typeof UserDeleted>,
  circumstances: Circumstances,
): Order | undefined {
  if (hasReceived(order, event.metadata.id)) return undefined
  const entry = { received: receivedOf(order, event), ...ownCorrelation(order, event.metadata) }
  return withEntry({ ...order, customerDeleted: true }, entry, circumstances)
}

interface Change {
  readonly transition: Applied
  readonly effect: Effect
  readonly cause: Cause
  readonly entry: Partial<TrailEntry>
  readonly circumstances: Circumstances
}

function changed(order: Order, { transition, effect, cause, entry, circumstances }: Change): Changed {
  const { time } = circumstances
  const { event: definition, whilePiecesRemain } = transition
  const status = (effect.piecesRemain ? whilePiecesRemain : undefined) ?? transition.status
  const version = order.version + 1
  const next = { ...withoutReason(order), ...effect.fields, status, version, updatedAt: time.toISOString() }
  const data = definition.data.parse({ ...stateOf(next), ...effect.data })
  const event = createEvent<ChangeEvent>(definition, {
    aggregateId: order.orderId,
    aggregateVersion: version,
    time,
    cause,
    data,
  })
  const own = { ...entry, event: definition.type, data: changedData(stateOf(order), definition.type, data) }
  return { order: withEntry(next, own, circumstances), event }
}

/** A reason belongs to one change of status. */
function withoutReason({ reason: _past, ...order }: Order): Order {
  return order
}

function withEntry(order: Order, entry: Omit<TrailEntry, 'time'>, { time, finalStatuses }: Circumstances): Order {
  const next = { ...order, trail: [...order.trail, { ...entry, time: time.toISOString() }] }
  return next.customerDeleted && finalStatuses.includes(next.status) ? anonymous(next) : next
}

/** The correlation of an event that is not part of the request that placed the order. */
const ownCorrelation = ({ trail }: Order, { correlationId }: { readonly correlationId: string }) =>
  correlationId === trail[0]!.correlationId ? {} : { correlationId }

const deleted = 'Deleted'

/** The country remains, since the tax depends on it; of a return, what the customer wrote is removed. */
function anonymous(order: Order): Order {
  const { country } = order.shippingAddress
  const withoutText = (about: unknown) => (about ? { ...about, reason: deleted } : about)
  return {
    ...order,
    shippingAddress: { name: deleted, line1: deleted, city: deleted, country },
    fingerprint: undefined,
    trail: order.trail.map((entry) =>
      entry.data?.['return'] ? { ...entry, data: { ...entry.data, return: withoutText(entry.data['return']) } } : entry,
    ),
  }
}

function effectOf(order: Order, trigger: TriggerEvent, { time }: Circumstances): Effect | 'ignored' {
  switch (trigger.type) {
    case 'StockReserved':
      return { data: { reservedUntil: trigger.data.heldUntil } }
    case 'StockRejected':
      return { fields: { reason: 'out-of-stock' }, data: { shortages: trigger.data.shortages } }
    case 'StockReleased':
      return trigger.data.reason === 'expired' ? { fields: { reason: 'reservation-expired' } } : 'ignored'
    case 'PaymentCaptured':
      return {}
    case 'PaymentDeclined':
      return { fields: { reason: trigger.data.reason } }
    case 'PaymentRefunded':
      return order.status === 'CANCELLED' ? refundOfCancelled(order, trigger.data) : refundOfReturn(order, trigger.data)
    case 'ShipmentCreated': {
      const { trackingNumber, carrier } = trigger.data
      return { fields: { shipment: { trackingNumber, carrier } } }
    }
    case 'ShipmentDelivered':
      return order.deliveredAt ? 'ignored' : { fields: { deliveredAt: time.toISOString() } }
    default:
      return unreachable(trigger)
  }
}

type Refunded = Extract<TriggerEvent, { type: 'PaymentRefunded' }>['data']

/** Its pieces never left the stock: they were released when it was cancelled, and are not in the refund. */
function refundOfCancelled({ reason, total }: Order, { amount, refunded }: Refunded): Effect {
  return {
    fields: { reason, refunded },
    data: {
      refund: { amount, items: [], shipping: refunded.amount === total.amount, ...chargedBackOf(total, refunded) },
    },
  }
}

function refundOfReturn(order: Order, { refundId, amount, refunded }: Refunded): Effect | 'ignored' {
  const { orderId, refundRequest, returned = [] } = order
  if (!refundRequest || refundId !== `${orderId}/${refundRequest.version}`) return 'ignored'
  const { items, shipping } = refundRequest
  const all = mergePieces([...returned, ...items])
  return {
    fields: { refunded, returned: all, return: undefined, refundRequest: undefined },
    data: { refund: { amount, items, shipping, ...chargedBackOf(refundRequest.amount, amount) } },
    piecesRemain: order.items.some(({ sku }) => leftOf({ ...order, returned: all }, sku) > 0),
  }
}

/** Payments refund less than is owed only when the bank has taken the rest back. */
const chargedBackOf = (owed: Money, refunded: Money): { chargedBack?: Money } =>
  refunded.amount < owed.amount ? { chargedBack: euros(owed.amount - refunded.amount) } : {}

/** How long after delivery a customer can send pieces back. Before it, there is no limit. */
export const returnDays = 30

function effectOfCommand(order: Order, command: Command, { time }: Circumstances): Result<Effect, Refusal> {
  switch (command.type) {
    case 'cancel':
      return ok({ fields: { reason: 'customer' } })
    case 'requestReturn': {
      const { items, reason } = command
      if (order.deliveredAt && time.getTime() > Date.parse(order.deliveredAt) + returnDays * daySeconds * 1000)
        return failed({ kind: 'return-period-over' })
      const excess = items.find(({ sku, quantity }) => quantity > leftOf(order, sku))
      if (excess) return failed({ kind: 'too-many-pieces', sku: excess.sku, left: leftOf(order, excess.sku) })
      return ok({ fields: { return: { items: [...items], reason } } })
    }
    case 'refund': {
      if (order.status === 'PAID') return ok({ fields: { reason: 'staff' } })
      if (order.refundRequest) return failed({ kind: 'refund-pending' })
      const { items } = order.return!
      const refund = { ...refundOf(order, items, order.returned ?? []), items }
      return ok({ fields: { refundRequest: { ...refund, version: order.version + 1 } }, data: { refund } })
    }
    case 'rejectReturn':
      if (order.refundRequest) return failed({ kind: 'refund-pending' })
      return ok({ fields: { reason: 'return-rejected', return: undefined }, data: { rejection: command.reason } })
    case 'markDelivered':
      if (order.deliveredAt) return failed({ kind: 'wrong-status' })
      return ok({ fields: { deliveredAt: time.toISOString() } })
    default:
      return unreachable(command)
  }
}

/**
 * What staff's refund would give back now; undefined when there is nothing to refund, or it was requested already.
 * @param remaining of the payment: less than what is owed when the customer's bank has taken money back
 */
export function refundableOf(order: Order, remaining?: Money): Money | undefined {
  const owed = owedOf(order)
  return owed && euros(Math.min(owed.amount, remaining?.amount ?? Infinity))
}

function owedOf({ status, total, items, discount, shipping, ...order }: Order): Money | undefined {
  if (status === 'PAID') return total
  if (status !== 'RETURN_REQUESTED' || !order.return || order.refundRequest) return undefined
  return refundOf({ items, discount, shipping }, order.return.items, order.returned ?? []).amount
}

/** The pieces of a SKU that were not sent back and refunded. */
const leftOf = ({ items, returned = [] }: Pick<Order, 'items' | 'returned'>, sku: string): number =>
  piecesOf(items, sku) - piecesOf(returned, sku)
