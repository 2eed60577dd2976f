import { apiHandler } from '#shared/http/api-handler.ts'
import { etagOf, matchesVersion, versionChanged } from '#shared/http/if-match.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import type { Backoff } from '#shared/retry.ts'
import type { Discounts } from '../ports.ts'
import * as routes from '../routes.ts'
import { putDiscount } from '../use-cases/put-discount.ts'

export interface PutDiscountDependencies {
  readonly discounts: Discounts
  readonly backoff: Backoff
}

export const putDiscountHandler = ({ discounts, backoff }: PutDiscountDependencies) =>
  apiHandler(routes.putDiscount, async ({ parameters: { code }, headers, body }) => {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
    const mayReplace = (version: number | undefined) =>
      (ifMatch === undefined || (version !== undefined && matchesVersion(ifMatch, version))) &&
      (ifNoneMatch === undefined || version === undefined)
    const outcome = await putDiscount(discounts, { terms: { code, ...body }, mayReplace, backoff })
    if (outcome.ok) return { status: 200, headers: { etag: etagOf(outcome.value.version) }, body: outcome.value }
    return { problem: outcome.failure === 'stale' ? contended : versionChanged() }
  })

const contended = problem(commonProblems, 'conflict', 'Nothing was stored; send the request again.', {
  headers: { 'retry-after': '1' },
})

export const listDiscountsHandler = (discounts: Discounts) =>
  apiHandler(routes.listDiscounts, async ({ query: { limit, cursor } }) => {
    const after = decodeCursor(cursor, routes.StoredCode)
    const { discounts: items, next } = await discounts.list({ size: limit, after })
    return { status: 200, body: { items, ...(next === undefined ? {} : { nextCursor: encodeCursor(next) }) } }
  })
