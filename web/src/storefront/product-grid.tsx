import { Link } from 'wouter'
import type { Product } from '../api/types.ts'
import { formatMoney } from '../format.ts'
import { AvailabilityBadge } from '../ui/badge.tsx'
import { ProductImage } from '../ui/product-image.tsx'
import './product-grid.css'

/** How wide a card's image is: two, three or four columns. */
const sizes = '(min-width: 60rem) 18rem, (min-width: 40rem) 30vw, 45vw'

/** @param props.priorities how many images are on the first screen */
export const ProductGrid = ({
  products,
  priorities = 0,
}: {
  readonly products: readonly Product[]
  readonly priorities?: number
}) => (
  <ul role="list" className="product-grid">
    {products.map(({ productId, name, price, images, availability }, index) => (
      <li key={productId} className="product-card">
        <ProductImage images={images} alt="" sizes={sizes} isPriority={index < priorities} />
        <Link href={`/products/${productId}`} className="product-card-name">
          {name}
        </Link>
        <p className="cluster product-card-line">
          <span className="number">
            {formatMoney(price)} <span className="soft small">incl. VAT</span>
          </span>
          {availability !== 'in-stock' && <AvailabilityBadge availability={availability} />}
        </p>
      </li>
    ))}
  </ul>
)

export const ProductGridLoading = ({ count }: { readonly count: number }) => (
  <div role="status">
    <span className="visually-hidden">Loading products …</span>
    <ul role="list" className="product-grid" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index} className="product-card">
          <div className="product-image skeleton" />
          <div className="skeleton skeleton-line" />
          <div className="skeleton skeleton-line" />
        </li>
      ))}
    </ul>
  </div>
)
