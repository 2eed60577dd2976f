import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { answerOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Product } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatMoney, plural } from '../../format.ts'
import { AvailabilityBadge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProductImage } from '../../ui/product-image.tsx'
import { QuantityField } from '../../ui/quantity-field.tsx'
import { Failed, FormFailure, Notice } from '../../ui/states.tsx'
import { maxQuantity } from '../cart/cart.ts'
import { useCartChanges } from '../cart/use-cart.ts'
import { ProductGrid } from '../product-grid.tsx'
import { categoryLabel, shop } from '../shop.ts'

export function ProductPage({ params: { productId } }: { readonly params: { readonly productId: string } }) {
  const api = useApi()
  const product = useQuery({
    queryKey: ['products', productId],
    queryFn: ({ signal }) => answerOf(api.GET('/products/{productId}', { params: { path: { productId } }, signal })),
  })
  if (product.isPending) return <ProductLoading />
  // Another product is another page: quantity and feedback start again.
  if (product.data) return <ProductDetails key={productId} product={product.data} />
  const isUnknown = product.error instanceof ApiFailure && product.error.status === 404
  return isUnknown ? (
    <Page title="We do not have this product">
      <p className="soft">It may have been removed, or the address is misspelled.</p>
      <div>
        <ButtonLink href="/products" look="primary">
          See all products
        </ButtonLink>
      </div>
    </Page>
  ) : (
    <Page title="Product" hasVisibleHeading={false}>
      <Failed error={product.error} onRetry={() => void product.refetch()} />
    </Page>
  )
}

function ProductDetails({ product }: { readonly product: Product }) {
  const { name, description, category, tags, price, images, availability, status } = product
  return (
    <Page
      title={name}
      description={description.slice(0, 160)}
      hasVisibleHeading={false}
      above={
        <nav aria-label="Breadcrumb" className="small breadcrumb">
          <Link href="/products">All products</Link>
          <span aria-hidden="true">/</span>
          <Link href={`/products?category=${encodeURIComponent(category)}`}>{categoryLabel(category)}</Link>
        </nav>
      }
    >
      <div className="product">
        <ProductImage images={images} alt={name} sizes="(min-width: 56rem) 36rem, 92vw" isPriority />
        <div className="product-details">
          {/* The page's heading, where the eye expects it. */}
          <p className="product-name" aria-hidden="true">
            {name}
          </p>
          <p className="product-price number">
            {formatMoney(price)} <span className="soft small">incl. VAT</span>
          </p>
          {status === 'archived' ? (
            <Notice title="No longer sold">
              <p>
                We do not sell this any more.{' '}
                <Link href={`/products?category=${encodeURIComponent(category)}`}>See what else there is</Link>.
              </p>
            </Notice>
          ) : (
            <>
              <div>
                <AvailabilityBadge availability={availability} />
              </div>
              <p className="product-description">{description}</p>
              <AddToCart product={product} />
            </>
          )}
          {status === 'archived' && <p className="product-description">{description}</p>}
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
    </Page>
  )
}

function AddToCart({ product: { sku, name, price, availability } }: { readonly product: Product }) {
  const cart = useCartChanges()
  const [quantity, setQuantity] = useState(1)
  const add = useMutation({
    mutationFn: (pieces: number) => cart.add([{ sku, quantity: pieces, unitPrice: price }]),
    onSuccess: () => setQuantity(1),
  })
  if (availability === 'out-of-stock') {
    return <p className="soft">This is sold out at the moment. Please look again in a few days.</p>
  }
  return (
    <div className="stack">
      <div className="cluster">
        <QuantityField label={`Quantity of ${name}`} value={quantity} max={maxQuantity} onChange={setQuantity} />
        <Button look="primary" className="product-add" isPending={add.isPending} onClick={() => add.mutate(quantity)}>
          Add to cart
        </Button>
      </div>
      <div role="status">
        {add.isSuccess && add.data && (
          <p className="product-added">
            {plural(add.variables, 'item')} added. <Link href="/cart">View cart</Link>
          </p>
        )}
        {add.isSuccess && !add.data && (
          <Notice look="warning" title="Not everything fit into your cart">
            <p>
              A cart holds 50 products, and 99 of each. <Link href="/cart">View cart</Link>
            </p>
          </Notice>
        )}
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
    queryFn: () => answerOf(api.GET('/products', { params: { query: { category, limit: 5 } } })),
  })
  const products = others.data?.items.filter((each) => each.productId !== productId).slice(0, 4) ?? []
  if (products.length === 0) return null
  return (
    <section className="stack product-more">
      <h2>More in {categoryLabel(category)}</h2>
      <ProductGrid products={products} />
    </section>
  )
}

const ProductLoading = () => (
  <main className="container page" role="status">
    <span className="visually-hidden">Loading the product …</span>
    <div className="skeleton breadcrumb-loading" aria-hidden="true" />
    <div className="product" aria-hidden="true">
      <div className="product-image skeleton" />
      <div className="product-details">
        <div className="skeleton" />
        <div className="skeleton skeleton-line" />
        <div className="skeleton" />
        <div className="skeleton" />
      </div>
    </div>
  </main>
)
