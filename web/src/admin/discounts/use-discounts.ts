import { answerOf } from '../../api/client.ts'
import type { Discount } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { usePages, type Pages } from '../use-pages.ts'

/** The list of discounts: there are mostly few enough to show all of them at once. */
export function useDiscounts(): Pages<Discount> {
  const api = useApi()
  return usePages({
    queryKey: ['discounts', 'list'],
    load: (cursor) =>
      answerOf(
        api.GET('/admin/discounts', { params: { query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } }),
      ),
    minimum: 500,
  })
}
