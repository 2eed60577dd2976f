import type { QueryClient } from '@tanstack/react-query'
import { bodyOf, type Api } from '../../api/client.ts'
import { isStale } from '../../api/failure.ts'
import type { Body, StaffProduct } from '../../api/types.ts'
import { changedFields, changesIn, draftOf, type ProductDraft, type ProductRequest } from './product-draft.ts'

/** A change of a product with optimistic locking. @throws ApiFailure 412 when `product` is no longer the stored version */
export const changeProduct = (
  api: Api,
  { productId, version }: Pick<StaffProduct, 'productId' | 'version'>,
  change: Body<'/admin/products/{productId}', 'patch'>,
): Promise<StaffProduct> =>
  bodyOf(
    api.PATCH('/admin/products/{productId}', {
      params: { path: { productId }, header: { 'if-match': `"${version}"` } },
      body: change,
    }),
  )

export const productQuery = (api: Api, productId: string) => ({
  queryKey: ['products', 'one', productId],
  queryFn: () => bodyOf(api.GET('/admin/products/{productId}', { params: { path: { productId } } })),
})

/** Shows a new version of a product everywhere. */
export function showProduct(queries: QueryClient, product: StaffProduct): void {
  queries.setQueryData(['products', 'one', product.productId], product)
  void queries.invalidateQueries({ queryKey: ['products', 'list'] })
}

export type Saving =
  | { readonly kind: 'saved'; readonly product: StaffProduct }
  /** Someone else changed its text in the meantime. */
  | { readonly kind: 'conflict'; readonly theirs: StaffProduct }

/**
 * Saves what staff changed of a product's text. A newer version with the same text, such as one with another image, is no
 * conflict: the change is repeated for it.
 * @param from the version that the change is based on
 */
export async function saveText(
  api: Api,
  {
    from,
    wanted,
    request,
  }: { readonly from: StaffProduct; readonly wanted: ProductDraft; readonly request: ProductRequest },
): Promise<Saving> {
  const fields = changedFields(draftOf(from), wanted)
  if (fields.length === 0) return { kind: 'saved', product: from }
  const change = changesIn(request, fields)
  let base = from
  for (;;) {
    try {
      return { kind: 'saved', product: await changeProduct(api, base, change) }
    } catch (error) {
      if (!isStale(error)) throw error
    }
    base = await productQuery(api, from.productId).queryFn()
    if (changedFields(draftOf(from), draftOf(base)).length > 0) return { kind: 'conflict', theirs: base }
  }
}
