import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { changeProduct, isStale, productQuery, showProduct } from './change-product.ts'

/** Archives a product, or restores it. */
export function ProductStatus({ product }: { readonly product: Product }) {
  const api = useApi()
  const queries = useQueryClient()
  const { productId, name, status } = product
  const [isAsking, setIsAsking] = useState(false)
  const next = status === 'active' ? 'archived' : 'active'
  const change = useAction({
    mutationFn: () => changeProduct(api, product, { status: next }),
    onSuccess: (changed) => {
      setIsAsking(false)
      showProduct(queries, changed)
    },
    // The version that is stored by now, for the next attempt.
    onError: () => queries.invalidateQueries({ queryKey: productQuery(api, productId).queryKey }),
  })
  const failure = isStale(change.error) ? (
    <Notice look="warning">The product was changed in the meantime. Try again.</Notice>
  ) : (
    <FormFailure error={change.error} />
  )
  const save = () => change.run()
  if (status === 'archived') {
    return (
      <>
        <p className="soft small">Customers see it in no list. Placed orders still refer to it.</p>
        {failure}
        <Button isPending={change.isPending} onClick={save}>
          Restore to the shop
        </Button>
      </>
    )
  }
  return (
    <>
      <Button look="danger" onClick={() => setIsAsking(true)}>
        Archive
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Archive ${name}?`}
          confirm="Archive"
          isPending={change.isPending}
          onConfirm={save}
          onClose={() => {
            setIsAsking(false)
            change.reset()
          }}
        >
          <p>It leaves all lists of the shop and can no longer be ordered. You can restore it at any time.</p>
          {failure}
        </ConfirmDialog>
      )}
    </>
  )
}
