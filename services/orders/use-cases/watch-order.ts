import type { Order } from '../domain/order.ts'
import { isPassing } from '../domain/status.ts'
import type { OrderReader } from '../ports.ts'

export type WatchedOrder = { readonly kind: 'standing'; readonly order: Order } | { readonly kind: 'moved-on' }

/**
 * Whether an order still stands where it should have left long ago. Looks, and changes nothing.
 * @throws Error when there is no such order, though its event was published: an acknowledged order never vanishes
 */
export const watchOrderUseCase =
  (orders: Pick<OrderReader, 'find'>) =>
  async (orderId: string): Promise<WatchedOrder> => {
    const order = await orders.find(orderId)
    if (!order) throw new Error(`There is no order ${orderId}, though it was told to be placed.`)
    return isPassing(order.status) ? { kind: 'standing', order } : { kind: 'moved-on' }
  }
