import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf } from '../../api/client.ts'
import type { Body, Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'

export type ProductChange = Body<'/admin/products/{productId}', 'patch'>

interface Change {
  readonly productId: string
  readonly change: ProductChange
  /** The version that the change is based on; another one is answered with 412. */
  readonly version: number
}

/** Changes a product with optimistic locking, and shows the new version everywhere. */
export function useChangeProduct(onSuccess: (product: Product) => void = () => undefined) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ productId, change, version }: Change) =>
      answerOf(
        api.PATCH('/admin/products/{productId}', {
          params: { path: { productId }, header: { 'if-match': `"${version}"` } },
          body: change,
        }),
      ),
    onSuccess: (product) => {
      queries.setQueryData(['products', 'one', product.productId], product)
      void queries.invalidateQueries({ queryKey: ['products', 'list'] })
      onSuccess(product)
    },
    // The page shows what is stored by now.
    onError: (_, { productId }) => queries.invalidateQueries({ queryKey: ['products', 'one', productId] }),
  })
}
