import type { Discount } from './totals.ts'

/** What staff set of a discount. */
export type DiscountTerms = Omit<Discount, 'uses' | 'version'>

export interface Discounts {
  /** Creates the discount, or replaces its terms and keeps its uses. */
  put(terms: DiscountTerms): Promise<Discount>
  /** Sorted by code, and whether there are more. */
  list(slice: {
    readonly size: number
    readonly after?: string | undefined
  }): Promise<{ discounts: Discount[]; more: boolean }>
  /** Subtracts an order's use, once. `contended`: another write is in progress; can be retried. */
  giveBack(
    use: { readonly code: string; readonly orderId: string },
    now: Date,
  ): Promise<'given-back' | 'already-given-back' | 'contended'>
}
