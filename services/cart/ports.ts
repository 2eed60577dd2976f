import type { Cart, Line } from './domain/cart.ts'

export interface Carts {
  /** Strongly consistent. Undefined when there is none, or when it expired before `now`. */
  find(userId: string, now: Date): Promise<Cart | undefined>
  /** Replaces the cart of a customer. */
  put(userId: string, items: readonly Line[], now: Date): Promise<void>
  /** Empties the cart of a customer, and lets it expire. */
  clear(userId: string, now: Date): Promise<void>
  /** Stores the next version of a cart. `stale`: it was written since it was read; can be retried. */
  change(userId: string, next: Cart): Promise<'changed' | 'stale'>
  remove(userId: string): Promise<void>
}
