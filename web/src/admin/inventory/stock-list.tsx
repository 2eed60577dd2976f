import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { Stock } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatCount } from '../../format.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import { DataTable } from '../data-table.tsx'
import { FilterSelect, FilterText } from '../filter-fields.tsx'
import { PagedList } from '../paged-list.tsx'
import { useFilters } from '../use-filters.ts'
import { usePages } from '../use-pages.ts'
import { StockBar } from './stock-bar.tsx'

const showOptions = [
  { value: '', label: 'All stock, low first' },
  { value: 'true', label: 'Low stock only' },
]

export function StockList() {
  const api = useApi()
  const [filter, setFilter] = useFilters()
  const sku = filter('sku').toUpperCase()
  const isLowOnly = filter('low') === 'true'
  const isWanted = (stock: Stock) => stock.sku.includes(sku)
  const load = (low: 'true' | 'false') => (cursor: string | undefined) =>
    bodyOf(
      api.GET('/admin/inventory', {
        params: { query: { low, limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
      }),
    )
  // The API has no search: the pages are read until enough SKUs match.
  const low = usePages({ queryKey: ['stock', 'list', 'low'], load: load('true'), isWanted })
  const all = usePages({ queryKey: ['stock', 'list', 'all'], load: load('false'), isWanted })
  const lowSkus = new Set(low.items?.map((stock) => stock.sku))
  return (
    <Page title="Inventory" site="Back office">
      <div className="filters">
        <FilterSelect
          label="Show"
          value={isLowOnly ? 'true' : ''}
          options={showOptions}
          onChange={(value) => setFilter('low', value)}
        />
        <FilterText
          label="SKU, or a part of it"
          value={filter('sku')}
          placeholder="MUG"
          maxLength={40}
          onChange={(value) => setFilter('sku', value)}
        />
      </div>
      <section className="stack">
        <h2>Low stock</h2>
        <PagedList
          pages={low}
          noun="SKU"
          empty={
            <p className="card soft">
              {sku === ''
                ? 'No stock is low. A product that never had pieces is not listed here.'
                : 'No low stock matches.'}
            </p>
          }
        >
          {(stocks) => <StockTable label="Low stock" stocks={stocks} isLow={() => true} />}
        </PagedList>
      </section>
      {!isLowOnly && (
        <section className="stack">
          <h2>All stock</h2>
          <PagedList pages={all} noun="SKU" empty={<NoStock sku={sku} onShowAll={() => setFilter('sku', '')} />}>
            {(stocks) => <StockTable label="All stock" stocks={stocks} isLow={(stock) => lowSkus.has(stock.sku)} />}
          </PagedList>
        </section>
      )}
    </Page>
  )
}

const StockTable = ({
  label,
  stocks,
  isLow,
}: {
  readonly label: string
  readonly stocks: readonly Stock[]
  readonly isLow: (stock: Stock) => boolean
}) => (
  <DataTable
    label={label}
    keyOf={({ sku }) => sku}
    rows={stocks}
    columns={[
      {
        label: 'SKU',
        cell: (stock) => (
          <span className="two-lines stock-sku">
            <Link href={`/${stock.sku}`} className="row-link">
              <code>{stock.sku}</code>
            </Link>
            <StockBar stock={stock} />
          </span>
        ),
      },
      {
        label: 'State',
        cell: (stock) =>
          stock.available === 0 ? (
            <Badge look="danger">Out of stock</Badge>
          ) : isLow(stock) ? (
            <Badge look="warning">Low</Badge>
          ) : (
            <Badge look="success">In stock</Badge>
          ),
      },
      { label: 'Available', isNumber: true, cell: ({ available }) => <strong>{formatCount(available)}</strong> },
      { label: '+ Reserved', isNumber: true, cell: ({ reserved }) => reserved },
      { label: '+ Shipped', isNumber: true, cell: ({ shipped }) => shipped },
      { label: '= Received', isNumber: true, cell: ({ received }) => received },
    ]}
  />
)

const NoStock = ({ sku, onShowAll }: { readonly sku: string; readonly onShowAll: () => void }) =>
  sku === '' ? (
    <Empty title="No stock yet">
      <p className="soft">Add a product, then its first pieces.</p>
      <Link href="~/admin/products">Go to the products</Link>
    </Empty>
  ) : (
    <Empty title="No SKU matches">
      <p className="soft">A product appears here once it has had its first pieces.</p>
      <Button onClick={onShowAll}>Show all stock</Button>
    </Empty>
  )
