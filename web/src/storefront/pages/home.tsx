import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { answerOf } from '../../api/client.ts'
import { useApi } from '../../app-context.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Failed } from '../../ui/states.tsx'
import { ProductGrid, ProductGridLoading } from '../product-grid.tsx'
import { shop } from '../shop.ts'

export function HomePage() {
  const api = useApi()
  const newest = useQuery({
    queryKey: ['products', 'newest'],
    queryFn: () => answerOf(api.GET('/products', { params: { query: { sort: 'newest', limit: 8 } } })),
  })
  return (
    <Page title={shop.name} hasVisibleHeading={false}>
      <section className="hero">
        <p className="hero-claim">{shop.claim}</p>
        <p className="hero-text">
          Chosen for how they work and how long they last. Delivered across Europe and beyond, with {shop.returnDays}{' '}
          days to change your mind.
        </p>
        <ButtonLink href="/products" look="primary">
          Shop everything
        </ButtonLink>
      </section>
      <section className="stack">
        <h2>Categories</h2>
        <ul role="list" className="category-grid">
          {shop.categories.map(({ slug, label }) => (
            <li key={slug}>
              <Link href={`/products?category=${slug}`} className="category-card">
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="stack">
        <h2>New in the shop</h2>
        {newest.isPending && <ProductGridLoading count={8} />}
        {newest.isError && <Failed error={newest.error} onRetry={() => void newest.refetch()} />}
        {newest.data && <ProductGrid products={newest.data.items} priorities={4} />}
      </section>
    </Page>
  )
}
