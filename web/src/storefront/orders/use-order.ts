import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { bodyOf, type Api } from '../../api/client.ts'
import type { Order, TrailEntry } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { isSettled, pollAfterMs, versionOf } from './order-progress.ts'

export const useOrder = (orderId: string): UseQueryResult<Order> => {
  const api = useApi()
  return useQuery({
    queryKey: ['orders', orderId],
    queryFn: ({ signal }) => bodyOf(api.GET('/orders/{orderId}', { params: { path: { orderId } }, signal })),
  })
}

/**
 * The events of an order, read again until it is settled: more slowly the longer nothing happens, and not while the page is
 * hidden. New events lead to a new order.
 */
export function useOrderEvents(order: Order): UseQueryResult<TrailEntry[]> {
  const api = useApi()
  const client = useQueryClient()
  const { orderId, version } = order
  const quietPolls = useRef(0)
  const events = useQuery({
    queryKey: ['orders', orderId, 'events'],
    queryFn: async ({ signal }) => {
      const next = await allEvents(api, orderId, signal)
      const known = client.getQueryData<TrailEntry[]>(['orders', orderId, 'events'])
      quietPolls.current = known?.length === next.length ? quietPolls.current + 1 : 0
      return next
    },
    refetchInterval: ({ state: { data, status } }) => {
      if (status === 'error') return 10_000
      return data && isSettled(order, data) && versionOf(data) <= version ? false : pollAfterMs(quietPolls.current)
    },
  })
  const newest = events.data ? versionOf(events.data) : 0
  useEffect(() => {
    if (newest > version) void client.invalidateQueries({ queryKey: ['orders', orderId], exact: true })
    // Conversely, the order was changed here, or read later.
    else if (newest > 0 && newest < version) void client.invalidateQueries({ queryKey: ['orders', orderId, 'events'] })
  }, [client, orderId, newest, version])
  return events
}

async function allEvents(api: Api, orderId: string, signal: AbortSignal): Promise<TrailEntry[]> {
  const events: TrailEntry[] = []
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) }
    const params = { path: { orderId }, query }
    const page = await bodyOf(api.GET('/orders/{orderId}/events', { params, signal }))
    events.push(...page.items)
    cursor = page.nextCursor
  }
  return events
}
