import { useState } from 'react'
import { Link } from 'wouter'
import { ApiFailure, fieldProblems } from '../../api/failure.ts'
import type { Cart, PlaceOrderRequest } from '../../api/types.ts'
import { formatMoney, plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Choice, useRejectedFieldFocus } from '../../ui/field.tsx'
import { Failed, FormFailure, Loading, Notice } from '../../ui/states.tsx'
import { addressFieldNames, addressOf, addressProblems, type AddressInput } from '../address/address.ts'
import { isServed } from '../address/countries.ts'
import { countOf } from '../cart/cart.ts'
import { shop } from '../shop.ts'
import { noteChange } from './changed-since-sent.ts'
import { DeliveryAddress } from './delivery-address.tsx'
import { DiscountCode } from './discount-code.tsx'
import { addressChoice, type Draft } from './draft.ts'
import { OrderSummary } from './order-summary.tsx'
import { paymentMethods } from './payment-methods.ts'
import type { usePlacement } from './use-placement.ts'
import { useQuote } from './use-quote.ts'

const deliveries = [
  { orderType: 'standard', label: 'Standard', hint: 'By post' },
  { orderType: 'express', label: 'Express', hint: 'By courier, the fastest way' },
] as const

const pointerOf = (field: string) => `/shippingAddress/${field}`

export function CheckoutForm({
  cart,
  book,
  unconfirmed,
  draft,
  change: changeDraft,
  placement: { place, mutation },
  onOrderAnother,
}: {
  readonly cart: Cart
  readonly book: readonly AddressInput[]
  /** An earlier order that may have been placed, and differs from what is shown. */
  readonly unconfirmed: PlaceOrderRequest | undefined
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
  readonly placement: ReturnType<typeof usePlacement>
  readonly onOrderAnother: () => void
}) {
  const [attempts, setAttempts] = useState(0)
  const { isNew, address } = addressChoice(draft, book)
  const missing = isNew ? addressProblems(address) : {}

  const items = cart.items.map(({ sku, quantity }) => ({ sku, quantity }))
  const basket = { items, country: isServed(address.country) ? address.country : shop.country }
  const { orderType, discountCode, paymentToken } = draft
  const quote = useQuote({ ...basket, orderType, ...(discountCode === undefined ? {} : { discountCode }) })
  const deliveryQuotes = {
    standard: useQuote({ ...basket, orderType: 'standard' }),
    express: useQuote({ ...basket, orderType: 'express' }),
  }
  const isCodeRejected = quote.error instanceof ApiFailure && quote.error.code === 'discount-not-applicable'
  const soldOut = cart.items.filter(({ availability }) => availability === 'out-of-stock')

  const { error, data: outcome, isPending } = mutation
  const form = useRejectedFieldFocus({ error, attempts })
  // A saved address has no fields here.
  const rejected = fieldProblems(error, isNew ? addressFieldNames.map(pointerOf) : [])
  const problems = Object.fromEntries(
    addressFieldNames.map((field) => [
      field,
      (attempts > 0 ? missing[field] : undefined) ?? rejected.at[pointerOf(field)],
    ]),
  )
  const change = (changes: Partial<Draft>) => {
    if (!isPending) mutation.reset()
    noteChange()
    changeDraft(changes)
  }
  const isReady = quote.data !== undefined && !quote.isPlaceholderData && !quote.isError
  const submit = () => {
    setAttempts((count) => count + 1)
    if (!isReady || Object.keys(missing).length > 0) return
    if (isNew) changeDraft({ chosen: 'new' })
    place({
      items,
      shippingAddress: addressOf(address),
      paymentToken,
      orderType,
      ...(discountCode === undefined ? {} : { discountCode }),
      expectedTotal: quote.data.total,
    })
  }

  return (
    <div className="checkout">
      <form
        id="checkout"
        ref={form}
        noValidate
        className="checkout-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <DeliveryAddress draft={draft} change={change} book={book} problems={problems} />
        <fieldset className="stack">
          <legend>
            <h2>Delivery</h2>
          </legend>
          {deliveries.map(({ orderType: value, label, hint }) => {
            const shipping = deliveryQuotes[value].data?.shipping
            return (
              <Choice
                key={value}
                name="delivery"
                value={value}
                checked={orderType === value}
                onChange={() => change({ orderType: value })}
                label={label}
                hint={hint}
                end={shipping && formatMoney(shipping)}
              />
            )
          })}
        </fieldset>
        <fieldset className="stack">
          <legend>
            <h2>Payment</h2>
          </legend>
          <Notice title="This is a test shop">
            <p>No card is charged. Choose the outcome of the payment.</p>
          </Notice>
          {paymentMethods.map(({ token, label, hint }) => (
            <Choice
              key={token}
              name="payment"
              value={token}
              checked={paymentToken === token}
              onChange={() => change({ paymentToken: token })}
              label={label}
              hint={hint}
            />
          ))}
        </fieldset>
      </form>
      <section className="card stack checkout-summary" aria-labelledby="summary">
        <h2 id="summary">Your order</h2>
        {quote.data && <OrderSummary quote={quote.data} isOutdated={quote.isPlaceholderData} />}
        {quote.isPending && <Loading label="Calculating the total" lines={3} />}
        {isCodeRejected && (
          <Notice look="warning" title={`The code ${discountCode} cannot be used`}>
            <p>It may have expired, be used up, or need a larger order. Remove it to continue.</p>
          </Notice>
        )}
        {quote.isError && !isCodeRejected && <Failed error={quote.error} onRetry={() => void quote.refetch()} />}
        <DiscountCode
          request={{ ...basket, orderType }}
          applied={discountCode}
          onChange={(code) => change({ discountCode: code })}
        />
        {unconfirmed && <UnconfirmedOrder request={unconfirmed} />}
        {outcome?.kind === 'total-changed' && (
          <Notice look="warning" title={`The total is now ${formatMoney(outcome.quote.total)}`}>
            <p>
              {mutation.variables?.expectedTotal && `It was ${formatMoney(mutation.variables.expectedTotal)}. `}
              Nothing was ordered. If you agree with the new total, place the order again.
            </p>
          </Notice>
        )}
        {outcome?.kind === 'ordered-elsewhere' && (
          <Notice look="warning" title="This checkout has placed an order already">
            <p>
              See <Link href="/orders">your orders</Link> first. This one would be an order of its own.
            </p>
            <Button
              onClick={() => {
                mutation.reset()
                onOrderAnother()
              }}
            >
              Order this too
            </Button>
          </Notice>
        )}
        <FormFailure error={error} others={rejected.others} />
        {attempts > 0 && Object.keys(missing).length > 0 && (
          <Notice look="danger" title="Please complete the address">
            <p>Each missing field is marked.</p>
          </Notice>
        )}
        {soldOut.length > 0 ? (
          <Notice look="warning" title="Sold out in the meantime">
            <p>
              {`Remove ${soldOut.map(({ name }) => name).join(', ')} `}
              <Link href="/cart">from your cart</Link> to order the rest.
            </p>
          </Notice>
        ) : (
          <Button type="submit" form="checkout" look="primary" isPending={isPending} aria-disabled={!isReady}>
            {isReady ? `Order and pay ${formatMoney(quote.data.total)}` : 'Order and pay'}
          </Button>
        )}
        {cart.unavailable.length > 0 && (
          <p className="small soft">
            Your <Link href="/cart">cart</Link> has products that are not sold any more. They are not part of this
            order.
          </p>
        )}
        <p className="soft small">
          By ordering you accept the <Link href="/terms">terms of sale</Link>. You can{' '}
          <Link href="/returns">return items</Link> within {shop.returnDays} days.
        </p>
      </section>
    </div>
  )
}

/** What is ordered now has the same key, so that both together are one order. */
const UnconfirmedOrder = ({ request: { items, expectedTotal } }: { readonly request: PlaceOrderRequest }) => (
  <Notice look="warning" title="We do not know whether your earlier order was placed">
    <p>
      {`There was no response to your order of ${plural(countOf(items), 'item')}`}
      {expectedTotal && ` for ${formatMoney(expectedTotal)}`}, and something has changed since. If it was placed, it is
      among <Link href="/orders">your orders</Link>, and the button below opens it and orders nothing else. Otherwise
      you order what you see here.
    </p>
  </Notice>
)
