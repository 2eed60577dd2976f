import { isDeepStrictEqual } from 'node:util'
import { failed, ok, type Result } from '#shared/result.ts'
import type { Discounts, DiscountTerms } from '../ports.ts'
import type { Discount } from '../totals.ts'

export interface PutDiscountCommand {
  readonly terms: DiscountTerms
  /** Whether the client has read this version; undefined when it creates the discount. */
  readonly isExpected: ((version: number) => boolean) | undefined
}

/** Creates a discount, or replaces the terms that the client has read. Terms that are stored already make no version. */
export async function putDiscount(
  discounts: Discounts,
  { terms, isExpected }: PutDiscountCommand,
): Promise<Result<Discount, 'exists' | 'version-changed'>> {
  const rejected = failed(isExpected ? ('version-changed' as const) : ('exists' as const))
  const stored = await discounts.find(terms.code)
  if (stored && hasTerms(stored, terms)) return ok(stored)
  const isCurrent = isExpected ? stored !== undefined && isExpected(stored.version) : stored === undefined
  if (!isCurrent) return rejected
  const outcome = await discounts.put(terms, (stored?.version ?? 0) + 1)
  if (outcome.ok) return outcome
  // The SDK repeats a write whose response was lost: then these terms are stored already.
  const newest = await discounts.find(terms.code)
  return newest && hasTerms(newest, terms) ? ok(newest) : rejected
}

const hasTerms = ({ uses: _uses, version: _version, ...stored }: Discount, terms: DiscountTerms): boolean =>
  isDeepStrictEqual(stored, terms)
