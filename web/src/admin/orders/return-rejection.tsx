import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import { fieldProblems, refusalOf } from '../../api/failure.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { TextArea, useRejectedFieldFocus } from '../../ui/field.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { useDraft } from '../../ui/use-draft.ts'

/** Rejects a return, with a reason for the customer. @param props.isOffered whether there is a return to reject */
export function ReturnRejection({ orderId, isOffered }: { readonly orderId: string; readonly isOffered: boolean }) {
  const api = useApi()
  const queries = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const { draft, change, discard } = useDraft(`return-rejection/${orderId}`, { reason: '' })
  const reject = useAction({
    mutationFn: () =>
      bodyOf(api.POST('/admin/orders/{orderId}/return-rejection', { params: { path: { orderId } }, body: draft })),
    onSuccess: () => {
      discard()
      return queries.invalidateQueries({ queryKey: ['orders'] })
    },
    // The failure is shown without waiting for it.
    onError: () => void queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  // The form of the next return does not open by itself.
  if (isOpen && !isOffered) setIsOpen(false)
  const focus = useKeptFocus(isOpen)
  const form = useRejectedFieldFocus({ error: reject.error })
  const problems = fieldProblems(reject.error, ['/reason'])
  // Also when the return was decided elsewhere: the form is gone, and the reason of the refusal is not.
  if (!isOffered) return <FormFailure error={refusalOf(reject.error)} />
  if (!isOpen) {
    return (
      <div {...focus}>
        <Button
          onClick={() => {
            reject.reset()
            setIsOpen(true)
          }}
        >
          Reject the return
        </Button>
      </div>
    )
  }
  return (
    <form
      ref={form}
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
        error={problems.at['/reason']}
      />
      <FormFailure error={reject.error} others={problems.others} />
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
