import { answerOf } from '../../api/client.ts'
import type { Discount } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { usePages, type Pages } from '../use-pages.ts'

/** All discounts; there are few enough to read them at once, and the API has no single one. */
export function useDiscounts(): Pages<Discount> {
  const api = useApi()
  return usePages({
    queryKey: ['discounts'],
    load: (cursor) =>
      answerOf(
        api.GET('/admin/discounts', { params: { query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } }),
      ),
    minimum: 500,
  })
}
