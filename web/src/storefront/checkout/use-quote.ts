import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { bodyOf, type Api } from '../../api/client.ts'
import type { QuoteRequest } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'

/** One query for each request: the response to an older one never replaces that to a newer one. */
export const quoteQuery = (api: Api, request: QuoteRequest) =>
  queryOptions({
    queryKey: ['quotes', request],
    queryFn: ({ signal }) => bodyOf(api.POST('/quotes', { body: request, signal })),
  })

/** What the order costs now. The totals before stay until the new ones arrive. */
export const useQuote = (request: QuoteRequest) =>
  useQuery({
    ...quoteQuery(useApi(), request),
    enabled: request.items.length > 0,
    placeholderData: keepPreviousData,
  })
