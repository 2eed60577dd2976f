import type { RateLimited } from '#shared/rate-limit.ts'
import { networkOf } from '../domain/network.ts'
import { quoteOf, type Basket, type CodeRates, type PriceList, type Quote, type QuoteFailure } from '../totals.ts'

export interface QuoteDependencies {
  readonly prices: PriceList
  readonly codeRates: CodeRates
  readonly now: () => Date
}

export type QuoteOutcome =
  | { readonly kind: 'quoted'; readonly quote: Quote }
  | QuoteFailure
  | ({ readonly kind: 'rate-limited' } & RateLimited)

/** A quote with a code is counted before the code is looked up, whether it applies or not. */
export async function createQuote(
  { prices, codeRates, now }: QuoteDependencies,
  basket: Basket,
  sourceAddress: string,
): Promise<QuoteOutcome> {
  const time = now()
  if (basket.discountCode !== undefined) {
    const counted = await codeRates.count(networkOf(sourceAddress), time)
    if (!counted.ok) return { kind: 'rate-limited', ...counted.failure }
  }
  const skus = [...new Set(basket.items.map(({ sku }) => sku))]
  const found = await prices.read({ skus, discountCode: basket.discountCode, consistent: false })
  const quoted = quoteOf(basket, found, time)
  return quoted.ok ? { kind: 'quoted', quote: quoted.value } : quoted.failure
}
