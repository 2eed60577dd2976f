import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf } from '../../api/client.ts'
import { fieldProblem } from '../../api/failure.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'

/** Rejects a return, with a reason for the customer. */
export function ReturnRejection({ orderId }: { readonly orderId: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const [reason, setReason] = useState('')
  const reject = useAction({
    mutationFn: () =>
      answerOf(
        api.POST('/admin/orders/{orderId}/return-rejection', { params: { path: { orderId } }, body: { reason } }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  if (!isOpen) return <Button onClick={() => setIsOpen(true)}>Reject the return</Button>
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        reject.run()
      }}
    >
      <TextArea
        label="Why is the return rejected?"
        hint="The customer reads this."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        required
        autoFocus
        error={fieldProblem(reject.error, '/reason')}
      />
      <FormFailure error={reject.error} />
      <div className="cluster">
        <Button type="submit" look="danger" isPending={reject.isPending}>
          Reject the return
        </Button>
        <Button look="quiet" onClick={() => setIsOpen(false)}>
          Not now
        </Button>
      </div>
    </form>
  )
}
