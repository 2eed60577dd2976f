import { useState } from 'react'
import { ApiFailure } from '../../api/failure.ts'
import type { Product } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useChangeProduct } from './use-change-product.ts'

/** Archives a product, or restores it. */
export function ProductStatus({ product: { productId, name, status, version } }: { readonly product: Product }) {
  const [isAsking, setIsAsking] = useState(false)
  const change = useChangeProduct(() => setIsAsking(false))
  const next = status === 'active' ? 'archived' : 'active'
  const isStale = change.error instanceof ApiFailure && change.error.status === 412
  const failure = isStale ? (
    <Notice look="warning">The product was changed in the meantime. Try again.</Notice>
  ) : (
    <FormFailure error={change.error} />
  )
  const save = () => change.mutate({ productId, change: { status: next }, version })
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
