import { isDeepStrictEqual } from 'node:util'
import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import type { Discounts, DiscountTerms } from '../ports.ts'
import type { Discount } from '../totals.ts'

export interface PutDiscountCommand {
  readonly terms: DiscountTerms
  /** Whether this version, or undefined for no discount, may be replaced. */
  readonly mayReplace: (version: number | undefined) => boolean
  readonly backoff: Backoff
}

/** Creates a discount, or replaces the terms of a version that may be. Terms that are stored already make no version. */
export async function putDiscount(
  discounts: Discounts,
  { terms, mayReplace, backoff }: PutDiscountCommand,
): Promise<Result<Discount, 'version-changed' | 'stale'>> {
  const attempt = async (): Promise<Result<Discount, 'version-changed' | 'stale'>> => {
    const stored = await discounts.find(terms.code)
    // Also a write that the SDK repeats since its response was lost.
    if (stored && hasTerms(stored, terms)) return ok(stored)
    if (!mayReplace(stored?.version)) return failed('version-changed')
    return discounts.put(terms, (stored?.version ?? 0) + 1)
  }
  return retryWhileContended(backoff, attempt, (outcome) => !outcome.ok && outcome.failure === 'stale')
}

const hasTerms = ({ uses: _uses, version: _version, ...stored }: Discount, terms: DiscountTerms): boolean =>
  isDeepStrictEqual(stored, terms)
