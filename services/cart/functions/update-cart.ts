import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { cartTable } from '../adapters/cart-table.ts'
import { updateCartHandler } from '../handlers/update-cart.ts'

export const handler = updateCartHandler({
  carts: cartTable(tableFromEnv()),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 6, baseMs: 25, maxMs: 400 }),
})
