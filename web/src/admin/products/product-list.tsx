import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatMoney } from '../../format.ts'
import { categoryLabel, shop } from '../../storefront/shop.ts'
import { AvailabilityBadge, Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProductImage } from '../../ui/product-image.tsx'
import { Empty } from '../../ui/states.tsx'
import { DataTable, DateTimeCell } from '../data-table.tsx'
import { FilterSelect, FilterText } from '../filter-fields.tsx'
import { PagedList } from '../paged-list.tsx'
import { useFilters } from '../use-filters.ts'
import { usePages } from '../use-pages.ts'

const statusOptions = [
  { value: '', label: 'In the shop' },
  { value: 'archived', label: 'Archived' },
]
const categoryOptions = [
  { value: '', label: 'All categories' },
  ...shop.categories.map(({ slug, label }) => ({ value: slug, label })),
]

export function ProductList() {
  const api = useApi()
  const [filter, setFilter] = useFilters()
  const status = filter('status') === 'archived' ? 'archived' : 'active'
  const category = shop.categories.find(({ slug }) => slug === filter('category'))?.slug
  const q = filter('q')
  const products = usePages({
    queryKey: ['products', 'list', { status, category, q }],
    load: (cursor) =>
      bodyOf(
        api.GET('/admin/products', {
          params: {
            query: {
              status,
              limit: 40,
              ...(category === undefined ? {} : { category }),
              ...(q === '' ? {} : { q }),
              ...(cursor === undefined ? {} : { cursor }),
            },
          },
        }),
      ),
  })
  const isFiltered = category !== undefined || q !== ''
  return (
    <Page
      title="Products"
      site="Back office"
      actions={
        <ButtonLink href="/new/product" look="primary">
          Add a product
        </ButtonLink>
      }
    >
      <div className="filters">
        <FilterSelect
          label="Show"
          value={status === 'archived' ? status : ''}
          options={statusOptions}
          onChange={(value) => setFilter('status', value)}
        />
        <FilterSelect
          label="Category"
          value={category ?? ''}
          options={categoryOptions}
          onChange={(value) => setFilter('category', value)}
        />
        <FilterText
          label="Name, description or tag"
          value={q}
          maxLength={100}
          onChange={(value) => setFilter('q', value)}
        />
      </div>
      <PagedList pages={products} noun="product" empty={<NoProducts status={status} isFiltered={isFiltered} />}>
        {(items) => <ProductTable products={items} />}
      </PagedList>
    </Page>
  )
}

const ProductTable = ({ products }: { readonly products: readonly Product[] }) => (
  <DataTable
    label="Products"
    keyOf={({ productId }) => productId}
    rows={products}
    columns={[
      {
        label: 'Product',
        cell: ({ productId, name, sku, images }) => (
          <span className="product-cell">
            <span className="product-thumbnail">
              <ProductImage images={images} alt="" sizes="3rem" />
            </span>
            <span className="two-lines">
              <Link href={`/${productId}`} className="row-link product-name">
                {name}
              </Link>
              <code className="soft">{sku}</code>
            </span>
          </span>
        ),
      },
      { label: 'Category', cell: ({ category }) => categoryLabel(category) },
      { label: 'Stock', cell: (product) => <StockState product={product} /> },
      { label: 'Changed', isNumber: true, cell: ({ updatedAt }) => <DateTimeCell at={updatedAt} /> },
      { label: 'Price', isNumber: true, cell: ({ price }) => formatMoney(price) },
    ]}
  />
)

export const StockState = ({ product: { status, availability } }: { readonly product: Product }) =>
  status === 'archived' ? <Badge>Archived</Badge> : <AvailabilityBadge availability={availability} />

function NoProducts({ status, isFiltered }: { readonly status: Product['status']; readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No product matches">
        <p className="soft">Try fewer words, or another category.</p>
        <ButtonLink href={status === 'archived' ? '?status=archived' : ''}>Show all</ButtonLink>
      </Empty>
    )
  }
  if (status === 'archived') {
    return (
      <Empty title="No product is archived">
        <p className="soft">An archived product leaves the shop. It can be restored at any time.</p>
      </Empty>
    )
  }
  return (
    <Empty title="No products yet">
      <p className="soft">Customers see a product as soon as you add it.</p>
      <ButtonLink href="/new/product" look="primary">
        Add a product
      </ButtonLink>
    </Empty>
  )
}
