import type { Cart, Line } from './domain/cart.ts'

export interface Carts {
  /** Strongly consistent. Undefined when there is none, or when it expired before `now`. */
  find(userId: string, now: Date): Promise<Cart | undefined>
  /** Replaces the cart of a customer. `closed`: the account was deleted; nothing was written. */
  put(userId: string, items: readonly Line[], now: Date): Promise<'put' | 'closed'>
  /** Stores the next version of a cart. `stale`: it was written since it was read; can be retried. */
  change(userId: string, next: Cart): Promise<'changed' | 'stale'>
  /** Removes the cart of a deleted account, also one that a request puts which is in progress. */
  close(userId: string, now: Date): Promise<void>
}
