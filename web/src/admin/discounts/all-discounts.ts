import { answerOf, type Api } from '../../api/client.ts'
import type { Discount } from '../../api/types.ts'
import { isSameCode } from './discount-draft.ts'

/** Every discount, page by page to the end: the API has no read of a single one. */
export const allDiscounts = (api: Api) => ({
  queryKey: ['discounts', 'all'],
  async queryFn() {
    const found: Discount[] = []
    for (let cursor: string | undefined; ;) {
      const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) }
      const { items, nextCursor } = await answerOf(api.GET('/admin/discounts', { params: { query } }))
      found.push(...items)
      if (nextCursor === undefined) return found
      cursor = nextCursor
    }
  },
})

export const withCode = (discounts: readonly Discount[], code: string): Discount | undefined =>
  discounts.find((discount) => isSameCode(discount.code, code))
