import * as z from 'zod'
import { Money } from '#shared/money.ts'
import { OrderLine, type Order } from './order.ts'

/** What the customer gets for a placed order, at once and at every repeat of the request. */
export const Receipt = z.object({
  orderId: z.string(),
  status: z.literal('PLACED'),
  items: z.array(OrderLine),
  total: Money,
  placedAt: z.iso.datetime(),
  message: z.literal('Order received'),
})
export type Receipt = z.infer<typeof Receipt>

export const receiptOf = ({ orderId, items, total, placedAt }: Order): Receipt => ({
  orderId,
  status: 'PLACED',
  items,
  total,
  placedAt,
  message: 'Order received',
})
