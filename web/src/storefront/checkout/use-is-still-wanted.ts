import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import { useApi } from '../../app-context.tsx'
import { isChangedSinceSent } from './changed-since-sent.ts'
import type { Draft } from './draft.ts'
import { isPlacedBy, isSameOrder, type Shown } from './same-order.ts'
import { lastOrder } from './use-draft.ts'

/**
 * Whether the order that was sent without a response is still what the customer sees, so that it may be sent again without a
 * question. Cart and addresses can have changed in another tab while this page was closed, or on another device. It is decided
 * once: what changes while the customer looks at the page sends nothing.
 * @param shown undefined while that is not known
 * @returns undefined while that is not known
 */
export function useIsStillWanted(draft: Draft, shown: Shown | undefined): boolean | undefined {
  const [decision, setDecision] = useState<boolean>()
  const isEmptied = shown?.lines.length === 0
  const isPlaced = useIsPlaced(draft, isEmptied)
  if (!draft.sent) return undefined
  if (isChangedSinceSent()) return false
  const now = isEmptied ? isPlaced : shown && isSameOrder(draft.sent, shown)
  if (decision === undefined && now !== undefined) setDecision(now)
  return decision ?? now
}

/** An order that was placed has emptied the cart; then it is the customer's newest one. */
function useIsPlaced({ sent, sentAtMs, userId }: Draft, isEmptied: boolean): boolean | undefined {
  const api = useApi()
  const newest = useQuery({
    queryKey: ['orders', 'newest'],
    queryFn: ({ signal }) => bodyOf(api.GET('/orders', { params: { query: { limit: 1 } }, signal })),
    enabled: sent !== undefined && isEmptied,
    staleTime: 0,
  })
  if (!sent || newest.isFetching) return undefined
  const order = newest.data?.items[0]
  return order !== undefined && order.orderId !== lastOrder(userId) && isPlacedBy({ sent, sentAtMs }, order)
}
