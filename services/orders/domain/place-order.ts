import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { euros, sum, times, type Money } from '#shared/money.ts'
import { OrderPlaced } from '../events.ts'
import type { Address } from './address.ts'
import type { RequestedLine } from './lines.ts'
import { summaryOf, type Order, type OrderLine, type OrderType } from './order.ts'

/** A product that can be ordered now. */
export interface Offer {
  readonly sku: string
  readonly name: string
  readonly price: Money
}

export interface PricedLine {
  readonly offer: Offer
  readonly quantity: number
}

/** Joins lines with the offers; undefined when one of them is not offered. */
export function priceLines(
  lines: readonly RequestedLine[],
  offers: ReadonlyMap<string, Offer>,
): PricedLine[] | undefined {
  const priced: PricedLine[] = []
  for (const { sku, quantity } of lines) {
    const offer = offers.get(sku)
    if (!offer) return undefined
    priced.push({ offer, quantity })
  }
  return priced
}

/** The birth of an order: its first state and the event that tells it. */
export function placeOrder(command: {
  orderId: string
  customerId: string
  orderType: OrderType
  lines: readonly PricedLine[]
  shippingAddress: Address
  time: Date
  cause: Cause
}): { order: Order; event: EventOf<typeof OrderPlaced> } {
  const { orderId, customerId, orderType, shippingAddress, time, cause } = command
  const items = command.lines.map(toOrderLine)
  const order: Order = {
    orderId,
    customerId,
    status: 'PLACED',
    version: 1,
    orderType,
    items,
    total: sum(items.map((item) => item.lineTotal)),
    refunded: euros(0),
    shippingAddress,
    placedAt: time.toISOString(),
    updatedAt: time.toISOString(),
  }
  const event = createEvent(OrderPlaced, {
    aggregateId: orderId,
    aggregateVersion: order.version,
    time,
    cause,
    data: summaryOf(order),
  })
  return { order, event }
}

const toOrderLine = ({ offer, quantity }: PricedLine): OrderLine => ({
  sku: offer.sku,
  name: offer.name,
  quantity,
  unitPrice: offer.price,
  lineTotal: times(offer.price, quantity),
})
