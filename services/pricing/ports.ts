import type { Result } from '#shared/result.ts'
import type { Discount } from './totals.ts'

/** What staff set of a discount. */
export type DiscountTerms = Omit<Discount, 'uses' | 'version'>

export interface Discounts {
  /** The stored terms. */
  find(code: string): Promise<Discount | undefined>
  /**
   * Creates the discount, or replaces its terms and keeps its uses.
   * @param version the next one: 1 of a new discount
   * @returns `stale` when another change made this version first
   */
  put(terms: DiscountTerms, version: number): Promise<Result<Discount, 'stale'>>
  /** Sorted by code. `next`: where the slice ended, if there are more; it need not be the code of a discount. */
  list(slice: {
    readonly size: number
    readonly after?: string | undefined
  }): Promise<{ discounts: Discount[]; next?: string }>
  /** Subtracts an order's use, once. `contended`: another write is in progress; can be retried. */
  giveBack(
    use: { readonly code: string; readonly orderId: string },
    now: Date,
  ): Promise<'given-back' | 'already-given-back' | 'contended'>
}
