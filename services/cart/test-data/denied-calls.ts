import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { batchGet, onItem, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('cart-get-cart', 'DeleteItem', 'CART#', 'a read removes nothing'),
  onItem('cart-update-cart', 'PutItem', 'CART#', 'an event changes a cart and creates none'),
  update('cart-put-cart', 'PRODUCT#', 'price', 'a cart changes no price'),
  batchGet('cart-get-cart', ['PRODUCT#'], 'one attribute is not granted', 'PK, SK, description'),
]
