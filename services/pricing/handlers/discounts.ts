import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { etagOf, ifMatchProblem, matchesVersion, versionChanged } from '#shared/http/if-match.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { Discounts } from '../ports.ts'
import * as routes from '../routes.ts'
import { putDiscount } from '../use-cases/put-discount.ts'

export const putDiscountHandler = (discounts: Discounts) =>
  apiHandler(routes.putDiscount, async ({ parameters: { code }, headers: { 'if-match': ifMatch }, body }) => {
    const isExpected = ifMatch === undefined ? undefined : (version: number) => matchesVersion(ifMatch, version)
    const outcome = await putDiscount(discounts, { terms: { code, ...body }, isExpected })
    if (!outcome.ok) return { problem: outcome.failure === 'exists' ? ifMatchProblem() : versionChanged() }
    return { status: 200, headers: { etag: etagOf(outcome.value.version) }, body: outcome.value }
  })

export const listDiscountsHandler = (discounts: Discounts) =>
  apiHandler(routes.listDiscounts, async ({ query: { limit, cursor } }) => {
    const after = decodeCursor(cursor, z.string())
    const { discounts: items, more } = await discounts.list({ size: limit, after })
    const last = items.at(-1)
    return { status: 200, body: { items, ...(more && last ? { nextCursor: encodeCursor(last.code) } : {}) } }
  })
