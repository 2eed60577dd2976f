import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useDraft } from '../use-draft.ts'
import { ConflictPanel } from './conflict-panel.tsx'
import { changedFields, changesIn, draftOf, requestOf, type ProductDraft } from './product-draft.ts'
import { ProductFields } from './product-fields.tsx'
import { useChangeProduct } from './use-change-product.ts'

/**
 * The form of a product. It changes the version that it was opened with: if that is no longer the stored one, both are
 * shown, and staff choose.
 */
export function ProductEditor({ product }: { readonly product: Product }) {
  const api = useApi()
  const queries = useQueryClient()
  const { productId } = product
  const [base, setBase] = useState(product)
  const { draft, change, discard } = useDraft(`product/${productId}/${base.version}`, draftOf(base))
  const [priceProblem, setPriceProblem] = useState<string>()
  const [theirs, setTheirs] = useState<Product>()
  const save = useChangeProduct((saved) => {
    discard()
    setTheirs(undefined)
    setBase(saved)
    change(draftOf(saved))
  })
  const changes = changedFields(draftOf(base), draft)

  // A newer version without another text, such as one with a new image, is no conflict; nor is one that nobody works on.
  if (product.version > base.version && !save.isPending) {
    if (changedFields(draftOf(base), draftOf(product)).length === 0) setBase(product)
    else if (changes.length === 0) {
      setBase(product)
      change(draftOf(product))
    }
  }

  const submit = (wanted: ProductDraft, from: Product) => {
    const outcome = requestOf(wanted)
    setPriceProblem(outcome.ok ? undefined : outcome.price)
    if (!outcome.ok || save.isPending) return
    const fields = changedFields(draftOf(from), wanted)
    save.mutate(
      { productId, change: changesIn(outcome.request, fields), version: from.version },
      { onError: (error) => void (isStale(error) && showConflict(from, wanted)) },
    )
  }

  async function showConflict(from: Product, wanted: ProductDraft): Promise<void> {
    const current = await queries.fetchQuery({
      queryKey: ['products', 'one', productId],
      queryFn: () => answerOf(api.GET('/admin/products/{productId}', { params: { path: { productId } } })),
      staleTime: 0,
    })
    // Only the images or the status changed: nothing to choose.
    if (changedFields(draftOf(from), draftOf(current)).length === 0) submit(wanted, current)
    else setTheirs(current)
  }

  if (theirs) {
    return (
      <ConflictPanel
        key={theirs.version}
        base={draftOf(base)}
        mine={draft}
        theirs={theirs}
        isPending={save.isPending}
        error={isStale(save.error) ? undefined : save.error}
        onSave={(chosen) => submit(chosen, theirs)}
        onBack={() => setTheirs(undefined)}
      />
    )
  }
  return (
    <form
      className="card stack product-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit(draft, base)
      }}
    >
      <h2>Details</h2>
      <ProductFields draft={draft} onChange={change} error={save.error} priceProblem={priceProblem} />
      {!isStale(save.error) && <FormFailure error={save.error} />}
      {save.isSuccess && changes.length === 0 && (
        <Notice look="success">Saved. Customers see it within 30 seconds.</Notice>
      )}
      <div className="cluster">
        <Button type="submit" look="primary" isPending={save.isPending} disabled={changes.length === 0}>
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

const isStale = (error: unknown): boolean => error instanceof ApiFailure && error.status === 412
