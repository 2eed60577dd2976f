import { useQueryClient } from '@tanstack/react-query'
import { bodyOf } from '../../api/client.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import type { Body, Order } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { useAction, type Action } from '../../ui/use-action.ts'
import { useDraft } from '../../ui/use-draft.ts'

type Return = Body<'/orders/{orderId}/returns', 'post'>

interface ReturnDraft {
  /** Pieces by SKU; undefined before the customer chooses. */
  readonly chosen: Readonly<Record<string, number>> | undefined
  readonly reason: string
}

const emptyReturn: ReturnDraft = { chosen: undefined, reason: '' }

/**
 * Requests a return. The page has it, not the form: a refusal is shown even when the order can no longer be returned.
 * @returns the request, and what is typed into the form
 */
export function useReturn(
  { orderId, version }: Order,
  onRequested: () => void,
): Action<Order, Return> & ReturnType<typeof useDraft<ReturnDraft>> {
  const api = useApi()
  const client = useQueryClient()
  const draft = useDraft(`return/${orderId}`, emptyReturn)
  const keys = useIdempotencyKeys(draft.key)
  const action = useAction({
    mutationFn: (body: Return) => {
      // After a return that was rejected, the same pieces are another return.
      const params = { path: { orderId }, header: { 'idempotency-key': keys.keyFor({ version, ...body }) } }
      return bodyOf(api.POST('/orders/{orderId}/returns', { params, body }))
    },
    onSuccess: (changed) => {
      client.setQueryData(['orders', orderId], changed)
      keys.reset()
      draft.discard()
      onRequested()
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['orders'] }),
  })
  return { ...action, ...draft }
}
