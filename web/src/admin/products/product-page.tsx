import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useApi } from '../../app-context.tsx'
import { formatDateTime } from '../../format.ts'
import { useKeptFocus } from '../../ui/navigation.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Loading } from '../../ui/states.tsx'
import { BackLink } from '../../ui/back-link.tsx'
import { productQuery } from './change-product.ts'
import { ProductEditor } from './product-editor.tsx'
import { ProductImages } from './product-images.tsx'
import { StockState } from './product-list.tsx'
import { ProductStatus } from './product-status.tsx'

/** How long a new image may take to appear on its product. */
const imagePatienceMs = 20_000

export function ProductPage({ productId }: { readonly productId: string }) {
  const api = useApi()
  // An uploaded image is added to its product by an event, a moment after it is ready.
  const [awaited, setAwaited] = useState<{ readonly images: number; readonly until: number }>()
  const query = useQuery({
    ...productQuery(api, productId),
    refetchInterval: ({ state: { data } }) =>
      awaited && data && data.images.length <= awaited.images && Date.now() < awaited.until ? 1_000 : false,
  })
  const product = query.data
  const focus = useKeptFocus(product?.status ?? '')
  return (
    <Page
      title={product?.name ?? 'Product'}
      site="Back office"
      above={<BackLink href="">All products</BackLink>}
      actions={product && <StockState product={product} />}
    >
      {query.isPending && <Loading label="Loading the product" lines={5} />}
      {query.isError && !product && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {product && (
        <div className="detail">
          <ProductEditor product={product} />
          <div className="stack">
            <ProductImages
              product={product}
              onUploaded={() => setAwaited({ images: product.images.length, until: Date.now() + imagePatienceMs })}
            />
            <section className="card stack" {...focus}>
              <h2>In the shop</h2>
              <dl className="facts">
                <dt>SKU</dt>
                <dd>
                  <code>{product.sku}</code>
                </dd>
                <dt>Version</dt>
                <dd>{product.version}</dd>
                <dt>Changed</dt>
                <dd>{formatDateTime(product.updatedAt)}</dd>
              </dl>
              <div className="cluster small">
                <Link href={`~/admin/inventory/${product.sku}`}>Stock and ledger</Link>
                {product.status === 'active' && <a href={`/products/${productId}`}>See it in the shop</a>}
              </div>
              <ProductStatus product={product} />
            </section>
          </div>
        </div>
      )}
    </Page>
  )
}
