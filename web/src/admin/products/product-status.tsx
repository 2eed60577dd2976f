import { useState } from 'react'
import type { StaffProduct } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useProductChange } from './use-product-change.tsx'

/** Archives a product, or restores it. */
export function ProductStatus({ product }: { readonly product: StaffProduct }) {
  const { name, status } = product
  const [isAsking, setIsAsking] = useState(false)
  const next = status === 'active' ? 'archived' : 'active'
  const { failure, ...change } = useProductChange(product, () => setIsAsking(false))
  const save = () => change.run({ status: next })
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
