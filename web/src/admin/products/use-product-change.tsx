import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isStale } from '../../api/failure.ts'
import type { Body, StaffProduct } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction, type Action } from '../../ui/use-action.ts'
import { changeProduct, productQuery, showProduct } from './change-product.ts'

type Change = Body<'/admin/products/{productId}', 'patch'>

/** A change of the version that is shown, without a form; `failure` says why the last one failed. */
export function useProductChange(
  product: StaffProduct,
  onChanged: () => void,
): Action<StaffProduct, Change> & { readonly failure: ReactNode } {
  const api = useApi()
  const queries = useQueryClient()
  const change = useAction({
    mutationFn: (fields: Change) => changeProduct(api, product, fields),
    onSuccess: (changed) => {
      onChanged()
      showProduct(queries, changed)
    },
    // The stored version, for the next attempt.
    onError: () => queries.invalidateQueries({ queryKey: productQuery(api, product.productId).queryKey }),
  })
  const failure = isStale(change.error) ? (
    <Notice look="warning">The product was changed in the meantime. Try again.</Notice>
  ) : (
    <FormFailure error={change.error} />
  )
  return { ...change, failure }
}
