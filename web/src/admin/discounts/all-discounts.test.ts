import type { Api } from '../../api/client.ts'
import { allDiscounts, withCode } from './all-discounts.ts'

/** An API with discounts that returns pages of 100. */
function apiWith(count: number): Api {
  const items = Array.from({ length: count }, (_, index) => ({ code: `CODE-${index}`, percentage: 1 }))
  const GET = async (_: string, { params: { query } }: { params: { query: { limit: number; cursor?: string } } }) => {
    const start = Number(query.cursor ?? 0)
    const end = start + query.limit
    const data = { items: items.slice(start, end), ...(end < count ? { nextCursor: String(end) } : {}) }
    return { data, response: new Response() }
  }
  return { GET } as unknown as Api
}

test.each([0, 100, 701])('of %i discounts each one is read', async (count) => {
  const all = await allDiscounts(apiWith(count)).queryFn()
  expect(all).toHaveLength(count)
  expect(withCode(all, `code-${count - 1}`)?.code).toBe(count === 0 ? undefined : `CODE-${count - 1}`)
})
