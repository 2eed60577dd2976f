import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { useApi } from '../../app-context.tsx'
import { plural } from '../../format.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { Empty, Failed, FormFailure } from '../../ui/states.tsx'
import { ProductGrid, ProductGridLoading } from '../product-grid.tsx'
import { readProducts } from '../product-list.ts'
import { filterOf, sortLabels, type ProductFilter } from '../product-filter.ts'
import { categoryLabel, shop } from '../shop.ts'
import './products.css'

const pageSize = 12

export function ProductsPage() {
  const api = useApi()
  const [parameters, setParameters] = useSearchParams()
  const filter = filterOf(parameters)
  const list = useInfiniteQuery({
    queryKey: ['products', 'list', filter],
    queryFn: ({ pageParam, signal }) => readProducts(api, filter, { size: pageSize, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // The old list stays until the new one arrives.
    placeholderData: keepPreviousData,
  })
  const products = list.data?.pages.flatMap(({ items }) => items) ?? []
  const change = (name: keyof ProductFilter, value: string) =>
    setParameters((current) => {
      if (value) current.set(name, value)
      else current.delete(name)
      return current
    })

  return (
    <Page title={titleOf(filter)} description={descriptionOf(filter)}>
      <div className="list-bar">
        <p className="soft list-count" role="status">
          {list.isSuccess &&
            !list.isPlaceholderData &&
            (products.length > 0 || list.hasNextPage) &&
            countText(products.length, list.hasNextPage)}
        </p>
        <div className="list-controls">
          <SelectField
            label="Category"
            value={filter.category ?? ''}
            onChange={({ target }) => change('category', target.value)}
            options={categoryOptions(filter.category)}
          />
          <SelectField
            label="Sort by"
            value={filter.sort}
            onChange={({ target }) => change('sort', target.value === 'newest' ? '' : target.value)}
            options={Object.entries(sortLabels).map(([value, label]) => ({ value, label }))}
          />
        </div>
      </div>
      {list.isPending && <ProductGridLoading count={pageSize} />}
      {list.isError && products.length === 0 && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && products.length === 0 && !list.hasNextPage && <NothingFound filter={filter} />}
      {(products.length > 0 || list.hasNextPage) && (
        <div aria-busy={list.isPlaceholderData} className="list-results stack">
          {products.length > 0 && <ProductGrid products={products} priorities={4} />}
          {list.isFetchNextPageError && <FormFailure error={list.error} />}
          <ShowMore
            key={parameters.toString()}
            hasMore={list.hasNextPage}
            isPending={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          >
            {moreText(products.length, list.isFetchNextPageError)}
          </ShowMore>
        </div>
      )}
    </Page>
  )
}

/** Also the category of the address, which the shop's navigation may not have. */
function categoryOptions(current: string | undefined) {
  const slugs = new Set<string>([...shop.categories.map(({ slug }) => slug), ...(current ? [current] : [])])
  return [
    { value: '', label: 'All categories' },
    ...[...slugs].map((value) => ({ value, label: categoryLabel(value) })),
  ]
}

/** The API counts no products: how many there are is known once all are shown. */
function countText(count: number, hasMore: boolean): string {
  if (!hasMore) return plural(count, 'product')
  return count > 0
    ? `The first ${plural(count, 'product')}`
    : 'Nothing found so far. There are more products to search.'
}

function moreText(count: number, hasFailed: boolean): string {
  if (hasFailed) return 'Try again'
  return count > 0 ? 'Show more' : 'Keep searching'
}

function titleOf({ q, category }: ProductFilter): string {
  const place = category ? categoryLabel(category) : undefined
  if (q) return place ? `“${q}” in ${place}` : `Results for “${q}”`
  return place ?? 'All products'
}

const descriptionOf = ({ category }: ProductFilter) =>
  category ? `${categoryLabel(category)} from ${shop.name}: ${shop.claim.toLowerCase()}.` : undefined

function NothingFound({ filter: { q, category } }: { readonly filter: ProductFilter }) {
  if (!q) {
    return (
      <Empty title="Nothing here yet">
        <p className="soft">We have no products in this category at the moment.</p>
        <ButtonLink href="/products">See all products</ButtonLink>
      </Empty>
    )
  }
  return (
    <Empty title={`No match for “${q}”`}>
      <p className="soft">Check the spelling, or search for fewer words: all of them must occur.</p>
      <div className="cluster">
        {category && (
          <ButtonLink href={`/products?${new URLSearchParams({ q })}`} look="primary">
            Search all categories
          </ButtonLink>
        )}
        <ButtonLink href="/products">See all products</ButtonLink>
      </div>
    </Empty>
  )
}
