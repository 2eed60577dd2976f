import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { PlaceOrderRequest } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { useCartChanges } from '../cart/use-cart.ts'
import { noteSending } from './changed-since-sent.ts'
import type { Draft } from './draft.ts'
import { quoteQuery } from './use-quote.ts'
import { isOutcomeUnknown, placeOrder, quoteRequestOf, type Placement } from './place-order.ts'

const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))

/**
 * Places the order of a draft and goes to its page. The request is stored before it is sent: after a reload without a response
 * it is sent again, with the same key, if it is still what the customer sees.
 * @param options.isStillWanted undefined while that is not known
 * @param options.onPlaced runs before the order's page is shown
 */
export function usePlacement({
  draft,
  change,
  finish,
  isStillWanted,
  onPlaced,
}: {
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
  readonly finish: (orderId: string) => void
  readonly isStillWanted: boolean | undefined
  readonly onPlaced: (ordered: PlaceOrderRequest) => void
}) {
  const api = useApi()
  const client = useQueryClient()
  const { subtract } = useCartChanges()
  const [, navigate] = useLocation()
  const isSending = useRef(false)
  /** Whether an order that was sent before this page was opened may be sent again. */
  const isUndecided = useRef(draft.sent !== undefined)
  const { key, sent } = draft
  const send = (body: PlaceOrderRequest) =>
    bodyOf(api.POST('/orders', { params: { header: { 'idempotency-key': key } }, body }))
  const mutation = useMutation({
    mutationFn: (request: PlaceOrderRequest): Promise<Placement> => placeOrder(send, request, sent, wait),
    onSuccess: (placement, request) => {
      if (placement.kind === 'placed') {
        subtract(placement.ordered.items)
        void client.invalidateQueries({ queryKey: ['orders'] })
        onPlaced(placement.ordered)
        finish(placement.orderId)
        // In place of the checkout: the back button does not return to it.
        navigate(`/orders/${placement.orderId}`, { replace: true })
        return
      }
      if (placement.kind === 'total-changed') {
        client.setQueryData(quoteQuery(api, quoteRequestOf(request)).queryKey, placement.quote)
      }
      change({ sent: undefined })
      void client.invalidateQueries({ queryKey: ['cart'] })
    },
    onError: (error) => {
      if (isOutcomeUnknown(error)) return
      change({ sent: undefined })
      void client.invalidateQueries({ queryKey: ['cart'] })
    },
    onSettled: () => void (isSending.current = false),
  })
  const { mutate } = mutation
  const place = (request: PlaceOrderRequest) => {
    // At once, for a second click before the button shows that it works.
    if (isSending.current) return
    isSending.current = true
    isUndecided.current = false
    // The first request without a response is the one that may have arrived.
    if (!sent) {
      change({ sent: request, sentAtMs: Date.now() })
      noteSending()
    }
    mutate(request)
  }
  useEffect(() => {
    if (!isUndecided.current || isStillWanted === undefined) return
    isUndecided.current = false
    if (!isStillWanted || !sent) return
    isSending.current = true
    mutate(sent)
  }, [mutate, isStillWanted, sent])
  return { place, mutation }
}
