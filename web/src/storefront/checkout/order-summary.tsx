import type { Quote } from '../../api/types.ts'
import { formatMoney, formatPercent } from '../../format.ts'

/** What is ordered and what it costs. */
export const OrderSummary = ({ quote, isOutdated }: { readonly quote: Quote; readonly isOutdated: boolean }) => {
  const { items, subtotal, discount, shipping, tax, total } = quote
  return (
    <div className="stack totals" aria-busy={isOutdated}>
      <ul role="list" className="totals-lines">
        {items.map(({ sku, name, quantity, lineTotal }) => (
          <li key={sku} className="totals-line">
            <span>
              <span className="soft number">{quantity} ×</span> {name}
            </span>
            <span className="number">{formatMoney(lineTotal)}</span>
          </li>
        ))}
      </ul>
      <dl className="totals-sums">
        <div className="totals-line">
          <dt>Subtotal</dt>
          <dd className="number">{formatMoney(subtotal)}</dd>
        </div>
        {discount.amount > 0 && (
          <div className="totals-line totals-discount">
            <dt>Discount</dt>
            <dd className="number">−{formatMoney(discount)}</dd>
          </div>
        )}
        <div className="totals-line">
          <dt>Shipping</dt>
          <dd className="number">{formatMoney(shipping)}</dd>
        </div>
        <div className="totals-line totals-total">
          <dt>Total</dt>
          <dd className="number" aria-live="polite">
            {formatMoney(total)}
          </dd>
        </div>
      </dl>
      <p className="soft small number">
        {tax.rate > 0
          ? `Including ${formatMoney(tax.amount)} VAT (${formatPercent(tax.rate)})`
          : 'Free of VAT. Duties may be due in the country of delivery.'}
      </p>
    </div>
  )
}
