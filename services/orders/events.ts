import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { Money } from '#shared/money.ts'

const source = 'orders.app'

/** How fast an order is sent, and a dimension of its metrics. */
export const orderTypes = ['standard', 'express'] as const

/** The data of every order event, so that subscribers need no request to orders. No address, no payment token. */
const OrderSummary = z.object({
  orderId: z.string(),
  customerId: z.string(),
  orderType: z.enum(orderTypes),
  items: z.array(
    z.object({ sku: z.string(), name: z.string(), quantity: z.int().min(1), unitPrice: Money, lineTotal: Money }),
  ),
  total: Money,
  placedAt: z.iso.datetime(),
})

const Shortage = z.object({ sku: z.string(), requested: z.int(), available: z.int() })

export const OrderPlaced = defineEvent({ source, type: 'OrderPlaced', version: 1, data: OrderSummary })

export const OrderReserved = defineEvent({ source, type: 'OrderReserved', version: 1, data: OrderSummary })

export const OrderRejected = defineEvent({
  source,
  type: 'OrderRejected',
  version: 1,
  data: OrderSummary.extend({ reason: z.literal('out-of-stock'), shortages: z.array(Shortage) }),
})
