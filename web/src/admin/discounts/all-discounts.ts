import { bodyOf, type Api } from '../../api/client.ts'
import type { Discount } from '../../api/types.ts'
import { isSameCode, type DiscountRequest } from './discount-draft.ts'

export const discountsPage = (api: Api, cursor: string | undefined) =>
  bodyOf(
    api.GET('/admin/discounts', { params: { query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } }),
  )

/** Every discount, page by page to the end: the API has no read of a single one. */
export const allDiscounts = (api: Api) => ({
  queryKey: ['discounts', 'all'],
  async queryFn() {
    const found: Discount[] = []
    for (let cursor: string | undefined; ;) {
      const { items, nextCursor } = await discountsPage(api, cursor)
      found.push(...items)
      if (nextCursor === undefined) return found
      cursor = nextCursor
    }
  },
})

export const withCode = (discounts: readonly Discount[], code: string): Discount | undefined =>
  discounts.find((discount) => isSameCode(discount.code, code))

/** @param replaced the version whose terms are replaced; undefined for a new discount. @throws ApiFailure 412 when there is another one */
export const putDiscount = (api: Api, code: string, replaced: Discount | undefined, body: DiscountRequest) =>
  bodyOf(
    api.PUT('/admin/discounts/{code}', {
      params: {
        path: { code },
        header: replaced ? { 'if-match': `"${replaced.version}"` } : { 'if-none-match': '*' },
      },
      body,
    }),
  )
