import type { Discount } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { usePages, type Pages } from '../use-pages.ts'
import { discountsPage } from './all-discounts.ts'

/** The list of discounts: there are mostly few enough to show all of them at once. */
export function useDiscounts(): Pages<Discount> {
  const api = useApi()
  return usePages({
    queryKey: ['discounts', 'list'],
    load: (cursor) => discountsPage(api, cursor),
    minimum: 500,
  })
}
