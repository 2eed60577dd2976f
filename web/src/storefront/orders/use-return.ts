import { useQueryClient } from '@tanstack/react-query'
import { answerOf } from '../../api/client.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import type { Body, Order } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { useAction, type Action } from '../../ui/use-action.ts'

type Return = Body<'/orders/{orderId}/returns', 'post'>

/** Requests a return. The page has it, not the form: a refusal is shown even when the order can no longer be returned. */
export function useReturn({ orderId, version }: Order, onRequested: () => void): Action<Order, Return> {
  const api = useApi()
  const client = useQueryClient()
  const keys = useIdempotencyKeys()
  return useAction({
    mutationFn: (body: Return) => {
      // After a return that was rejected, the same pieces are another return.
      const params = { path: { orderId }, header: { 'idempotency-key': keys.keyFor({ version, ...body }) } }
      return answerOf(api.POST('/orders/{orderId}/returns', { params, body }))
    },
    onSuccess: (changed) => {
      client.setQueryData(['orders', orderId], changed)
      onRequested()
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['orders'] }),
  })
}
