import { hashKey, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'

export interface ListPage<Item> {
  readonly items: readonly Item[]
  readonly nextCursor?: string | undefined
}

export interface Pages<Item> {
  /** Another one for other filters. */
  readonly name: string
  /** Undefined while the first page loads. */
  readonly items: readonly Item[] | undefined
  /** Of the page that was requested last. */
  readonly error: unknown
  /** The items are those of the filters before, until the new ones arrive. */
  readonly isOutdated: boolean
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  loadMore(): void
  retry(): void
}

/** How many pages are read without a click to find items: a filtered page can be empty, and have a next one. */
const maxPagesAtOnce = 5

/**
 * A list of the API, page by page.
 * @param load one page; `cursor` is the `nextCursor` of the page before
 * @param isWanted filters items that the API cannot filter
 */
export function usePages<Item>({
  queryKey,
  load,
  isWanted = () => true,
  minimum = 10,
  refetchInterval = false,
}: {
  readonly queryKey: readonly unknown[]
  readonly load: (cursor: string | undefined) => Promise<ListPage<Item>>
  readonly isWanted?: (item: Item) => boolean
  /** The items to find before more are loaded by a click only. */
  readonly minimum?: number
  readonly refetchInterval?: number | false
}): Pages<Item> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: ListPage<Item>) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval,
  })
  const { data, hasNextPage, isFetching, isError, isPlaceholderData, fetchNextPage } = query
  const items = data?.pages.flatMap((page) => page.items).filter(isWanted)
  const isShort =
    items !== undefined && items.length < minimum && data !== undefined && data.pages.length < maxPagesAtOnce
  const continues = isShort && hasNextPage && !isFetching && !isError && !isPlaceholderData
  useEffect(() => {
    if (continues) void fetchNextPage()
  }, [continues, fetchNextPage])
  return {
    name: hashKey(queryKey),
    // Not yet known to be empty.
    items: items?.length === 0 && (continues || query.isFetchingNextPage) ? undefined : items,
    error: query.error ?? undefined,
    isOutdated: isPlaceholderData,
    hasMore: hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    retry: () => void (query.isFetchNextPageError ? fetchNextPage() : query.refetch()),
  }
}
