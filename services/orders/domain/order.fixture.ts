import { newId } from '#shared/ids.ts'
import { createEvent, type Cause } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { StockRejected, StockReserved } from '#services/inventory/events.ts'
import type { StockAnswer } from './apply-stock-answer.ts'
import type { Order } from './order.ts'
import { placeOrder, type Offer } from './place-order.ts'

/** Examples that the tests of orders share. */
export const noon = new Date('2026-11-20T12:00:00.000Z')

export const cause: Cause = { correlationId: 'correlation-1', causationId: 'request-1' }

export const address = {
  name: 'Ada Byrne',
  line1: 'Main Street 1',
  city: 'Cork',
  postalCode: 'T12',
  country: 'IE',
} as const

export const offer = (sku: string, amount: number): Offer => ({ sku, name: `The ${sku}`, price: euros(amount) })

export const placed = (about: { customerId?: string; time?: Date; orderId?: string } = {}) => {
  const { customerId = 'ada', time = noon, orderId = newId('ord', time) } = about
  return placeOrder({
    orderId,
    customerId,
    orderType: 'standard',
    lines: [{ offer: offer('MUG-1', 1250), quantity: 2 }],
    shippingAddress: address,
    time,
    cause,
  })
}

const answerFact = (orderId: string) => ({ aggregateId: orderId, aggregateVersion: 1, time: noon, cause })

export const stockReserved = ({ orderId }: Pick<Order, 'orderId'>): StockAnswer =>
  createEvent(StockReserved, { ...answerFact(orderId), data: { orderId, lines: [{ sku: 'MUG-1', quantity: 2 }] } })

export const shortages = [{ sku: 'MUG-1', requested: 2, available: 1 }]

export const stockRejected = ({ orderId }: Pick<Order, 'orderId'>): StockAnswer =>
  createEvent(StockRejected, { ...answerFact(orderId), data: { orderId, shortages } })
