import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldProblems } from '../../api/failure.ts'
import type { StaffProduct } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { useRejectedFieldFocus } from '../../ui/field.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { useDraft } from '../../ui/use-draft.ts'
import { saveText, showProduct } from './change-product.ts'
import { ConflictPanel } from './conflict-panel.tsx'
import { changedFields, draftOf, requestOf, type ProductDraft, type ProductRequest } from './product-draft.ts'
import { ProductFields, productPointers } from './product-fields.tsx'

/**
 * The form of a product. It changes the version that it was opened with: if that is no longer the stored one, both are
 * shown, and staff choose.
 */
export function ProductEditor({ product }: { readonly product: StaffProduct }) {
  const api = useApi()
  const queries = useQueryClient()
  const [base, setBase] = useState(product)
  const { draft, change, discard, endSaving } = useDraft(`product/${product.productId}/${base.version}`, draftOf(base))
  const [priceProblem, setPriceProblem] = useState<string>()
  const [attempts, setAttempts] = useState(0)
  const [theirs, setTheirs] = useState<StaffProduct>()
  const save = useAction({
    mutationFn: (input: { from: StaffProduct; wanted: ProductDraft; request: ProductRequest; typed: ProductDraft }) =>
      saveText(api, input),
    onSuccess: (saving, { typed }) => {
      showProduct(queries, saving.kind === 'saved' ? saving.product : saving.theirs)
      if (saving.kind === 'conflict') {
        setTheirs(saving.theirs)
        return
      }
      setTheirs(undefined)
      setBase(saving.product)
      endSaving(typed, draftOf(saving.product))
    },
  })
  const changes = changedFields(draftOf(base), draft)
  const form = useRejectedFieldFocus({ error: save.error, attempts })
  const problems = fieldProblems(save.error, productPointers)

  // A newer version with the same text is no conflict; nor is one of a product without unsaved changes.
  if (product.version > base.version && !save.isPending) {
    if (changes.length === 0 || changedFields(draftOf(base), draftOf(product)).length === 0) setBase(product)
  }

  const submit = (wanted: ProductDraft, from: StaffProduct) => {
    const outcome = requestOf(wanted)
    setPriceProblem(outcome.ok ? undefined : outcome.price)
    setAttempts(attempts + 1)
    if (outcome.ok) save.run({ from, wanted, request: outcome.request, typed: draft })
  }

  if (theirs) {
    return (
      <ConflictPanel
        key={theirs.version}
        base={draftOf(base)}
        mine={draft}
        theirs={theirs}
        isPending={save.isPending}
        error={save.error}
        onSave={(chosen) => submit(chosen, theirs)}
        onBack={() => setTheirs(undefined)}
      />
    )
  }
  return (
    <form
      ref={form}
      className="card stack product-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit(draft, base)
      }}
    >
      <h2>Details</h2>
      <ProductFields draft={draft} onChange={change} problems={problems.at} priceProblem={priceProblem} />
      <FormFailure error={save.error} others={problems.others} />
      {save.data?.kind === 'saved' && changes.length === 0 && (
        <Notice look="success">Saved. Customers see it within 30 seconds.</Notice>
      )}
      <div className="cluster">
        <Button type="submit" look="primary" isPending={save.isPending}>
          Save changes
        </Button>
        {changes.length > 0 && (
          <Button
            look="quiet"
            onClick={() => {
              discard()
              save.reset()
            }}
          >
            Undo changes
          </Button>
        )}
      </div>
    </form>
  )
}
