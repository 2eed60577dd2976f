import { useQuery } from '@tanstack/react-query'
import { bodyOf } from '../../api/client.ts'
import { useApi } from '../../app-context.tsx'
import { ProductImage } from '../../ui/product-image.tsx'

/** A small picture beside the name of an ordered product: an order has none. Of a product that is not sold any more there is none. */
export function OrderImage({ productId }: { readonly productId: string }) {
  const api = useApi()
  const product = useQuery({
    queryKey: ['products', productId],
    queryFn: ({ signal }) => bodyOf(api.GET('/products/{productId}', { params: { path: { productId } }, signal })),
    staleTime: 300_000,
    retry: false,
  })
  return (
    <span className="order-image" aria-hidden="true">
      {product.isPending ? (
        <span className="product-image" />
      ) : (
        <ProductImage images={product.data?.images ?? []} alt="" sizes="4.5rem" />
      )}
    </span>
  )
}
