import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatMoney, plural } from '../../format.ts'
import { BackLink } from '../../ui/back-link.tsx'
import { AvailabilityBadge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProductImage } from '../../ui/product-image.tsx'
import { QuantityField } from '../../ui/quantity-field.tsx'
import { Failed, FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { maxQuantity } from '../cart/cart.ts'
import { NotAllAdded } from '../cart/not-all-added.tsx'
import { useCartChanges } from '../cart/use-cart.ts'
import { ProductGrid, ProductGridLoading } from '../product-grid.tsx'
import { categoryLabel, shop } from '../shop.ts'
import './product.css'

export function ProductPage({ params: { productId } }: { readonly params: { readonly productId: string } }) {
  const api = useApi()
  const product = useQuery({
    queryKey: ['products', productId],
    queryFn: ({ signal }) => bodyOf(api.GET('/products/{productId}', { params: { path: { productId } }, signal })),
  })
  const { data, error, isPending } = product
  const isUnknown = error instanceof ApiFailure && error.status === 404
  return (
    // Another product is another page: its heading gets the focus, and the quantity starts again.
    <Page
      key={productId}
      title={
        data?.name ?? (isUnknown ? 'We do not have this product' : error ? 'This product cannot be shown' : 'Product')
      }
      description={data?.description.slice(0, 160)}
      hasVisibleHeading={!data && error !== null}
      above={
        data ? (
          <Breadcrumb category={data.category} />
        ) : isPending ? (
          <div className="skeleton breadcrumb-loading" />
        ) : (
          !isUnknown && <BackLink href="/products">All products</BackLink>
        )
      }
    >
      {isPending && <ProductLoading />}
      {data && <ProductDetails product={data} />}
      {!data && isUnknown && (
        <>
          <p className="soft">It may have been removed, or the address is misspelled.</p>
          <div>
            <ButtonLink href="/products" look="primary">
              See all products
            </ButtonLink>
          </div>
        </>
      )}
      {!data && error && !isUnknown && <Failed error={error} onRetry={() => void product.refetch()} />}
    </Page>
  )
}

const Breadcrumb = ({ category }: { readonly category: string }) => (
  <nav aria-label="Breadcrumb" className="small breadcrumb">
    <Link href="/products">All products</Link>
    <span aria-hidden="true">/</span>
    <Link href={categoryHref(category)}>{categoryLabel(category)}</Link>
  </nav>
)

const categoryHref = (category: string) => `/products?${new URLSearchParams({ category })}`

function ProductDetails({ product }: { readonly product: Product }) {
  const { name, description, category, tags, price, images, availability, status } = product
  const isSold = status !== 'archived'
  return (
    <>
      <div className="product">
        <ProductImage images={images} alt={name} sizes="(min-width: 56rem) 36rem, 92vw" isPriority />
        <div className="stack product-details">
          {/* The page's heading, where the eye expects it. */}
          <p className="product-name" aria-hidden="true">
            {name}
          </p>
          <p className="product-price number">
            {formatMoney(price)} <span className="soft small">incl. VAT</span>
          </p>
          {isSold ? (
            <div>
              <AvailabilityBadge availability={availability} />
            </div>
          ) : (
            <Notice title="No longer sold">
              <p>
                We do not sell this any more. See <Link href={categoryHref(category)}>what else there is</Link>.
              </p>
            </Notice>
          )}
          {/* Above the description, however long that is. */}
          {isSold && <AddToCart product={product} />}
          <p className="product-description">{description}</p>
          <ul role="list" className="product-promises soft small">
            <li>Standard or express delivery, shown before you order</li>
            <li>
              {shop.returnDays} days to <Link href="/returns">send it back</Link>
            </li>
          </ul>
          {tags.length > 0 && (
            <ul role="list" className="cluster" aria-label="Tags">
              {tags.map((tag) => (
                <li key={tag}>
                  <Link href={`/products?${new URLSearchParams({ q: tag })}`} className="tag">
                    {tag}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      <MoreOfCategory product={product} />
    </>
  )
}

function AddToCart({ product: { sku, name, price, availability } }: { readonly product: Product }) {
  const cart = useCartChanges()
  const [quantity, setQuantity] = useState(1)
  const add = useAction({
    mutationFn: async (pieces: number) => ({
      pieces,
      isComplete: await cart.add([{ sku, quantity: pieces, unitPrice: price }]),
    }),
    onSuccess: () => setQuantity(1),
  })
  if (availability === 'out-of-stock') {
    return <p className="soft">This is sold out at the moment. Please look again in a few days.</p>
  }
  return (
    <div className="stack">
      <div className="cluster">
        <QuantityField label={`Quantity of ${name}`} value={quantity} max={maxQuantity} onChange={setQuantity} />
        <Button look="primary" className="product-add" isPending={add.isPending} onClick={() => add.run(quantity)}>
          Add to cart
        </Button>
      </div>
      <div role="status">
        {add.data?.isComplete === true && (
          <p className="product-added">
            {plural(add.data.pieces, 'item')} added. <Link href="/cart">View cart</Link>
          </p>
        )}
        {add.data?.isComplete === false && <NotAllAdded />}
      </div>
      <FormFailure error={add.error} />
    </div>
  )
}

/** Below the product: it is no reason to fail. */
function MoreOfCategory({ product: { category, productId } }: { readonly product: Product }) {
  const api = useApi()
  const others = useQuery({
    queryKey: ['products', 'category', category],
    queryFn: () => bodyOf(api.GET('/products', { params: { query: { category, limit: 5 } } })),
  })
  if (others.isPending) return <MoreLoading />
  const products = others.data?.items.filter((each) => each.productId !== productId).slice(0, 4) ?? []
  if (products.length === 0) return null
  return (
    <section className="stack product-more">
      <h2>More in {categoryLabel(category)}</h2>
      <ProductGrid products={products} />
    </section>
  )
}

/** Keeps what is below in its place. */
const MoreLoading = () => (
  <div className="product-more stack">
    <div className="skeleton skeleton-line breadcrumb-loading" />
    <ProductGridLoading count={4} />
  </div>
)

const ProductLoading = () => (
  <div>
    <span className="visually-hidden" role="status">
      Loading the product …
    </span>
    <div className="product" aria-hidden="true">
      <div className="product-image skeleton" />
      <div className="stack product-details">
        <div className="skeleton" />
        <div className="skeleton skeleton-line" />
        <div className="skeleton" />
        <div className="skeleton" />
      </div>
    </div>
    <MoreLoading />
  </div>
)
