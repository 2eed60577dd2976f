import * as z from 'zod'

const Line = z.object({ sku: z.string(), quantity: z.int().min(1) })
export type Line = z.infer<typeof Line>

export const Cart = z.object({
  items: z.array(Line),
  /** When the customer last put it. */
  putAt: z.iso.datetime(),
  /** The events whose orders were subtracted since then. */
  subtracted: z.array(z.string()).default([]),
  /** The number of writes. */
  version: z.int().min(1),
})
export type Cart = z.infer<typeof Cart>

/** How long a cart is kept after the customer put it. */
export const cartDays = 90

export interface PlacedOrder {
  readonly eventId: string
  readonly placedAt: string
  readonly items: readonly Line[]
}

/**
 * The cart without the pieces of an order. Undefined when nothing changes: the order has none of its SKUs or was
 * subtracted before, or the customer put the cart after placing the order and so has chosen these pieces again.
 */
export function subtract(cart: Cart, { eventId, placedAt, items }: PlacedOrder): Cart | undefined {
  if (cart.subtracted.includes(eventId) || Date.parse(placedAt) < Date.parse(cart.putAt)) return undefined
  const ordered = new Map(items.map(({ sku, quantity }) => [sku, quantity]))
  if (!cart.items.some(({ sku }) => ordered.has(sku))) return undefined
  return {
    ...cart,
    items: cart.items
      .map(({ sku, quantity }) => ({ sku, quantity: quantity - (ordered.get(sku) ?? 0) }))
      .filter(({ quantity }) => quantity > 0),
    subtracted: [...cart.subtracted, eventId],
    version: cart.version + 1,
  }
}
