import { formatMoney, plural } from '../../format.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { focusHeading } from '../../ui/navigation.ts'
import { Page } from '../../ui/page.tsx'
import { Empty, Failed, FormFailure, Loading, Notice } from '../../ui/states.tsx'
import { countOf } from '../cart/cart.ts'
import '../cart/cart.css'
import { CartLine } from '../cart/cart-line.tsx'
import { FailedMerge } from '../cart/failed-merge.tsx'
import { UnavailableLines } from '../cart/unavailable-lines.tsx'
import { useCart, useCartChanges } from '../cart/use-cart.ts'

export default function CartPage() {
  const { cart, reading, addedPrices } = useCart()
  const { setQuantity, error } = useCartChanges()
  const remove = (sku: string) => {
    setQuantity(sku, 0)
    focusHeading()
  }
  if (!cart) {
    return (
      <Page title="Your cart">
        {reading.isError ? (
          <Failed error={reading.error} onRetry={() => void reading.refetch()} />
        ) : (
          <Loading label="Loading your cart" />
        )}
      </Page>
    )
  }
  const { items, subtotal, unavailable } = cart
  const soldOut = items.filter(({ availability }) => availability === 'out-of-stock')
  if (items.length === 0 && unavailable.length === 0) {
    return (
      <Page title="Your cart">
        <FailedMerge />
        <Empty title="Your cart is empty">
          <p className="soft">What you add to it stays here, also when you come back later.</p>
          <ButtonLink href="/products" look="primary">
            Find something
          </ButtonLink>
        </Empty>
      </Page>
    )
  }
  return (
    <Page title="Your cart">
      {reading.isError && <FormFailure error={reading.error} />}
      <FormFailure error={error} />
      <FailedMerge />
      <div className="cart">
        <div className="stack cart-main">
          {items.length > 0 && (
            <ul role="list" className="card cart-lines">
              {items.map((line) => (
                <CartLine
                  key={line.sku}
                  line={line}
                  addedPrice={addedPrices.get(line.sku)}
                  failure={error}
                  onQuantity={(...chosen) => setQuantity(line.sku, ...chosen)}
                  onRemove={() => remove(line.sku)}
                />
              ))}
            </ul>
          )}
          {unavailable.length > 0 && <UnavailableLines lines={unavailable} onRemove={remove} />}
        </div>
        {items.length > 0 && (
          <section className="card stack cart-summary" aria-label="Summary">
            <p className="cart-sum">
              <span>{plural(countOf(items), 'item')}</span>
              <strong className="number" aria-live="polite">
                {formatMoney(subtotal)}
              </strong>
            </p>
            <p className="soft small">Including VAT. Shipping and discounts come at checkout.</p>
            {soldOut.length > 0 ? (
              <Notice look="warning" title="Sold out in the meantime">
                <p>{`Remove ${soldOut.map(({ name }) => name).join(', ')} to order the rest.`}</p>
              </Notice>
            ) : (
              <ButtonLink href="/checkout" look="primary">
                Go to checkout
              </ButtonLink>
            )}
            <ButtonLink href="/products" look="quiet">
              Continue shopping
            </ButtonLink>
          </section>
        )}
      </div>
    </Page>
  )
}
