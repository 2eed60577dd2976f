import { Link } from 'wouter'
import type { Order } from '../../api/types.ts'
import { formatMoney, formatPercent } from '../../format.ts'
import { productIdOf } from '../cart/cart.ts'
import { OrderImage } from './order-image.tsx'

/** What was ordered, and what it cost. */
export function OrderItems({ order: { items, returned = [] } }: { readonly order: Order }) {
  return (
    <ul role="list" className="order-items">
      {items.map(({ sku, name, quantity, unitPrice, lineTotal }) => {
        const sentBack = returned.find((line) => line.sku === sku)?.quantity ?? 0
        return (
          <li key={sku} className="order-item">
            <OrderImage productId={productIdOf(sku)} />
            <div>
              <Link href={`/products/${productIdOf(sku)}`} className="order-item-name">
                {name}
              </Link>
              <p className="soft small number">
                {quantity} × {formatMoney(unitPrice)}
                {sentBack > 0 && ` · ${sentBack} returned`}
              </p>
            </div>
            <p className="number">{formatMoney(lineTotal)}</p>
          </li>
        )
      })}
    </ul>
  )
}

/** The sums, as on a receipt. */
export function OrderTotals({ order }: { readonly order: Order }) {
  const { subtotal, discount, discountCode, shipping, tax, total, refunded } = order
  return (
    <dl className="receipt number">
      <dt>Items</dt>
      <dd>{formatMoney(subtotal)}</dd>
      {discount.amount > 0 && (
        <>
          <dt>Discount{discountCode && ` (${discountCode})`}</dt>
          <dd>−{formatMoney(discount)}</dd>
        </>
      )}
      <dt>Shipping</dt>
      <dd>{shipping.amount === 0 ? 'Free' : formatMoney(shipping)}</dd>
      <dt className="receipt-total">Total</dt>
      <dd className="receipt-total">{formatMoney(total)}</dd>
      {tax.amount.amount > 0 && (
        <>
          <dt className="soft small">of which VAT, {formatPercent(tax.rate)}</dt>
          <dd className="soft small">{formatMoney(tax.amount)}</dd>
        </>
      )}
      {refunded.amount > 0 && (
        <>
          <dt>Refunded</dt>
          <dd>−{formatMoney(refunded)}</dd>
        </>
      )}
    </dl>
  )
}
