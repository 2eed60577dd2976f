import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Stock } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatCount } from '../../format.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Loading, Notice } from '../../ui/states.tsx'
import { BackLink } from '../../ui/back-link.tsx'
import { productQuery } from '../products/change-product.ts'
import { StockAdjustment } from './stock-adjustment.tsx'
import { StockBar } from './stock-bar.tsx'
import { StockLedger } from './stock-ledger.tsx'

export function StockPage({ sku }: { readonly sku: string }) {
  const api = useApi()
  const query = useQuery({
    queryKey: ['stock', 'one', sku],
    queryFn: () => stockOf(bodyOf(api.GET('/admin/inventory/{sku}', { params: { path: { sku } } })), sku),
    refetchInterval: 10_000,
  })
  const productId = sku.toLowerCase()
  const product = useQuery(productQuery(api, productId))
  const stock = query.data
  return (
    <Page
      title={product.data?.name ?? sku}
      site="Back office"
      above={<BackLink href="">All stock</BackLink>}
      actions={product.data && <Link href={`~/admin/products/${productId}`}>Product</Link>}
    >
      {query.isPending && <Loading label="Loading the stock" lines={5} />}
      {query.isError && !stock && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {stock && (
        <div className="detail">
          <div className="stack">
            <StockEquation stock={stock} />
            {stock.received === 0 && (
              <Notice>This SKU was never stocked. Add its first pieces, and customers can order it.</Notice>
            )}
            <StockLedger stock={stock} />
          </div>
          <StockAdjustment stock={stock} />
        </div>
      )}
    </Page>
  )
}

/** A SKU that was never stocked has no pieces. */
async function stockOf(stock: Promise<Stock>, sku: string): Promise<Stock> {
  try {
    return await stock
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'not-found')
      return { sku, available: 0, reserved: 0, shipped: 0, received: 0 }
    throw error
  }
}

/** Every received piece is in one of three places. */
const StockEquation = ({ stock }: { readonly stock: Stock }) => {
  const { sku, available, reserved, shipped, received } = stock
  const terms = [
    { label: 'available', pieces: available, look: 'available' },
    { label: 'reserved', pieces: reserved, look: 'reserved', sign: '+' },
    { label: 'shipped', pieces: shipped, look: 'shipped', sign: '+' },
    { label: 'received', pieces: received, look: 'received', sign: '=' },
  ] as const
  return (
    <section className="card stack">
      <div className="card-header">
        <h2>Stock</h2>
        <code className="soft">{sku}</code>
      </div>
      <dl className="equation">
        {terms.map((term) => (
          <div key={term.label} className={`equation-term equation-${term.look}`}>
            <dt>{term.label}</dt>
            <dd>
              {'sign' in term && <span className="equation-sign">{term.sign}</span>}
              {formatCount(term.pieces)}
            </dd>
          </div>
        ))}
      </dl>
      <StockBar stock={stock} />
    </section>
  )
}
