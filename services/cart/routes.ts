import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'
import { Money } from '#shared/money.ts'
import { maxLines, QuotedLine, RequestedLine } from '#services/pricing/totals.ts'

const CartView = z.object({
  items: z.array(QuotedLine),
  subtotal: Money,
  unavailable: z
    .array(z.object({ sku: z.string(), quantity: z.int() }))
    .describe('Lines of the cart that cannot be ordered any more, which are left out of items'),
})

export const getCart = defineRoute({
  operationId: 'getCart',
  method: 'GET',
  path: '/cart',
  access: 'customer',
  summary: 'Your cart at current prices; empty if there is none',
  entry: 'get-cart',
  responses: { 200: { description: 'The cart', schema: CartView } },
})

export const putCart = defineRoute({
  operationId: 'putCart',
  method: 'PUT',
  path: '/cart',
  access: 'customer',
  summary: 'Replace your cart; ordered pieces leave it when an order is placed',
  entry: 'put-cart',
  example: { body: { items: [{ sku: 'MUG-STONE-350', quantity: 2 }] } },
  body: z.strictObject({ items: z.array(RequestedLine).max(maxLines).describe('Equal SKUs are merged into one line') }),
  responses: { 200: { description: 'The cart at current prices', schema: CartView } },
})

export const routes = [getCart, putCart]
