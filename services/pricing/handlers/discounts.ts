import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { Discounts } from '../ports.ts'
import * as routes from '../routes.ts'

export const putDiscountHandler = (discounts: Discounts) =>
  apiHandler(routes.putDiscount, async ({ parameters: { code }, body }) => ({
    status: 200,
    body: await discounts.put({ code, ...body }),
  }))

export const listDiscountsHandler = (discounts: Discounts) =>
  apiHandler(routes.listDiscounts, async ({ query: { limit, cursor } }) => {
    const after = decodeCursor(cursor, z.string())
    const { discounts: items, more } = await discounts.list({ size: limit, after })
    const last = items.at(-1)
    return { status: 200, body: { items, ...(more && last ? { nextCursor: encodeCursor(last.code) } : {}) } }
  })
