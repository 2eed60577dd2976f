import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProductImage } from '../../ui/product-image.tsx'
import { Failed } from '../../ui/states.tsx'
import { ProductGrid, ProductGridLoading } from '../product-grid.tsx'
import { shop } from '../shop.ts'
import './home.css'

const newestCount = 8

export function HomePage() {
  const api = useApi()
  // One request for all pictures of the page.
  const newest = useQuery({
    queryKey: ['products', 'newest'],
    queryFn: () => bodyOf(api.GET('/products', { params: { query: { sort: 'newest', limit: 24 } } })),
  })
  const products = newest.data?.items ?? []
  return (
    <Page
      title={shop.name}
      hasVisibleHeading={false}
      description={`${shop.claim}. Chosen for how they work and how long they last.`}
    >
      <section className="hero">
        <div className="hero-words">
          <p className="hero-claim">{shop.claim}</p>
          <p className="hero-text">
            Chosen for how they work and how long they last. Delivered across Europe and beyond, with {shop.returnDays}{' '}
            days to change your mind.
          </p>
          <ButtonLink href="/products" look="primary">
            Shop everything
          </ButtonLink>
        </div>
        <HeroPictures products={products} />
      </section>
      <section className="stack">
        <h2>Categories</h2>
        <ul role="list" className="category-grid">
          {shop.categories.map(({ slug, label }) => (
            <li key={slug}>
              <Link href={`/products?category=${slug}`} className="category-card">
                <CategoryPicture product={ofCategory(products, slug)[0]} />
                <span>{label}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="stack">
        <h2>New in the shop</h2>
        {newest.isPending && <ProductGridLoading count={newestCount} />}
        {newest.isError && <Failed error={newest.error} onRetry={() => void newest.refetch()} />}
        {newest.data && <ProductGrid products={products.slice(0, newestCount)} />}
      </section>
    </Page>
  )
}

const ofCategory = (products: readonly Product[], category: string) =>
  products.filter((product) => product.category === category && product.images.length > 0)

/** One product of each of four categories; another one than beside the category's name where there is one. */
function HeroPictures({ products }: { readonly products: readonly Product[] }) {
  const chosen = shop.categories
    .flatMap(({ slug }) => {
      const [first, second] = ofCategory(products, slug)
      return second ?? first ?? []
    })
    .slice(0, 4)
  return (
    <ul role="list" className="hero-pictures" aria-label="From the shop">
      {Array.from({ length: 4 }, (_, index) => {
        const product = chosen[index]
        return (
          <li key={index}>
            {product && (
              <Link href={`/products/${product.productId}`}>
                <ProductImage
                  images={product.images}
                  alt={product.name}
                  sizes="(min-width: 56rem) 13rem, 22vw"
                  isPriority
                />
              </Link>
            )}
          </li>
        )
      })}
    </ul>
  )
}

const CategoryPicture = ({ product }: { readonly product: Product | undefined }) =>
  product ? (
    <ProductImage images={product.images} alt="" sizes="(min-width: 56rem) 11rem, 30vw" />
  ) : (
    <span className="product-image" />
  )
