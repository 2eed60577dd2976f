import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf } from '../../api/client.ts'
import { fieldProblem } from '../../api/failure.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { useDraft } from '../use-draft.ts'

/** Rejects a return, with a reason for the customer. */
export function ReturnRejection({ orderId }: { readonly orderId: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const { draft, change, discard } = useDraft(`return-rejection/${orderId}`, { reason: '' })
  const reject = useAction({
    mutationFn: () =>
      answerOf(api.POST('/admin/orders/{orderId}/return-rejection', { params: { path: { orderId } }, body: draft })),
    onSuccess: discard,
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  const focus = useKeptFocus(isOpen)
  if (!isOpen) {
    return (
      <div {...focus}>
        <Button onClick={() => setIsOpen(true)}>Reject the return</Button>
      </div>
    )
  }
  return (
    <form
      {...focus}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        reject.run()
      }}
    >
      <TextArea
        label="Why is the return rejected?"
        hint="The customer reads this."
        value={draft.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
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
