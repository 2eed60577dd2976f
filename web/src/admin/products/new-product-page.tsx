import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import { ApiFailure, fieldProblems } from '../../api/failure.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField, useRejectedFieldFocus } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { BackLink } from '../../ui/back-link.tsx'
import { useDraft } from '../../ui/use-draft.ts'
import { emptyDraft, requestOf, type ProductRequest } from './product-draft.ts'
import { ProductFields, productPointers } from './product-fields.tsx'

export function NewProductPage() {
  const api = useApi()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const { draft, change, discard, key } = useDraft('product/new', { sku: '', ...emptyDraft })
  const keys = useIdempotencyKeys(key)
  const [priceProblem, setPriceProblem] = useState<string>()
  const [attempts, setAttempts] = useState(0)
  const create = useAction({
    mutationFn: ({ request, sent }: { request: ProductRequest; sent: typeof draft }) => {
      const body = { sku: sent.sku, ...request }
      const header = { 'idempotency-key': keys.keyFor(body) }
      return bodyOf(api.POST('/admin/products', { params: { header }, body }))
    },
    onSuccess: (product, { sent }) => {
      keys.reset()
      discard(sent)
      queries.setQueryData(['products', 'one', product.productId], product)
      void queries.invalidateQueries({ queryKey: ['products', 'list'] })
    },
    goOn: ({ productId }) => navigate(`/${productId}`, { replace: true }),
  })
  const isTaken = create.error instanceof ApiFailure && create.error.code === 'sku-exists'
  const form = useRejectedFieldFocus({ error: create.error, attempts })
  const problems = fieldProblems(create.error, ['/sku', ...productPointers])
  const submit = () => {
    const outcome = requestOf(draft)
    setAttempts(attempts + 1)
    setPriceProblem(outcome.ok ? undefined : outcome.price)
    if (outcome.ok) create.run({ request: outcome.request, sent: draft })
  }
  return (
    <Page title="New product" site="Back office" above={<BackLink href="">All products</BackLink>}>
      <form
        ref={form}
        className="card stack product-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextField
          label="SKU"
          hint="Capital letters, digits and dashes, such as MUG-STONE-350. It cannot be changed later."
          value={draft.sku}
          onChange={(event) => change({ sku: event.currentTarget.value.toUpperCase() })}
          minLength={3}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          required
          error={isTaken ? 'Another product has this SKU.' : problems.at['/sku']}
        />
        <ProductFields draft={draft} onChange={change} problems={problems.at} priceProblem={priceProblem} />
        {!isTaken && <FormFailure error={create.error} others={problems.others} />}
        <div className="cluster">
          <Button type="submit" look="primary" isPending={create.isPending}>
            Add the product
          </Button>
          <p className="soft small">It is out of stock until you add pieces. Images can be added next.</p>
        </div>
      </form>
    </Page>
  )
}
