import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import type { Address } from '../../api/types.ts'
import { useApi, useSession } from '../../app-context.tsx'
import { BackLink } from '../../ui/back-link.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty, Failed, Loading } from '../../ui/states.tsx'
import { saveAddress } from '../account/address-book.ts'
import { inputOf } from '../address/address.ts'
import { FailedMerge } from '../cart/failed-merge.tsx'
import { useCart } from '../cart/use-cart.ts'
import '../checkout/checkout.css'
import { CheckoutForm } from '../checkout/checkout-form.tsx'
import { addressChoice } from '../checkout/draft.ts'
import { useIsStillWanted } from '../checkout/use-is-still-wanted.ts'
import { lastOrder, useDraft } from '../checkout/use-draft.ts'
import { usePlacement } from '../checkout/use-placement.ts'
import { RequireSession } from '../require-session.tsx'

export default function CheckoutPage() {
  return (
    <RequireSession>
      <Checkout />
    </RequireSession>
  )
}

function Checkout() {
  const api = useApi()
  const session = useSession()
  // The customer stays the same while the session has ended and they sign in again.
  const [user] = useState(() => {
    if (session.kind !== 'signed-in') throw new Error('The checkout is for signed-in customers.')
    return { userId: session.user.userId, name: session.user.name ?? '' }
  })
  const me = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => bodyOf(api.GET('/me', { signal })),
    enabled: session.kind === 'signed-in',
  })
  const { cart, reading } = useCart()
  const { draft, change, finish } = useDraft(user)
  const addToBook = useSaveAddress()
  const book = me.data?.addresses.map(inputOf)
  // A typed address is known before the address book.
  const address = draft.chosen === 'new' ? draft.typed : book && addressChoice(draft, book).address
  const lines = reading.isFetching || reading.isError ? undefined : cart?.items
  const isStillWanted = useIsStillWanted(draft, lines && address && { lines, address })
  const placement = usePlacement({
    draft,
    change,
    finish,
    isStillWanted,
    onPlaced: ({ shippingAddress }) => {
      if (draft.savesAddress && draft.chosen === 'new') addToBook(shippingAddress)
    },
  })

  const failed = [me, reading].find(({ isError, data }) => isError && !data)
  if (failed) {
    return (
      <Page title="Checkout">
        <Failed error={failed.error} onRetry={() => void failed.refetch()} />
      </Page>
    )
  }
  if (!book || !cart) {
    return (
      <Page title="Checkout">
        <Loading label="Loading the checkout" lines={6} />
      </Page>
    )
  }
  const { sent } = draft
  const { error, isIdle } = placement.mutation
  const isUnknown = sent !== undefined && isIdle && isStillWanted === false
  // An order on its way may have emptied the cart.
  if (cart.items.length === 0) {
    return (
      <Page title="Checkout">
        <FailedMerge />
        {!sent && <NothingToOrder userId={user.userId} />}
        {isUnknown && <UnknownOutcome onRetry={() => placement.place(sent)} />}
        {sent && !isUnknown && !error && <Loading label="Finishing your order" />}
        {sent && error && <Failed error={error} onRetry={() => placement.place(sent)} />}
      </Page>
    )
  }
  return (
    <Page title="Checkout" above={<BackLink href="/cart">Your cart</BackLink>}>
      <FailedMerge />
      <CheckoutForm
        cart={cart}
        book={book}
        unconfirmed={isUnknown ? sent : undefined}
        draft={draft}
        change={change}
        placement={placement}
        onOrderAnother={() => change({ key: crypto.randomUUID(), sent: undefined })}
      />
    </Page>
  )
}

/** The cart was emptied since an order was sent: by that order, or by the customer. */
const UnknownOutcome = ({ onRetry }: { readonly onRetry: () => void }) => (
  <Empty title="We do not know whether your order was placed">
    <p className="soft">
      There was no response, and your cart has changed since. If it was placed, it is among your orders. Sent again, it
      is still one order.
    </p>
    <div className="cluster">
      <ButtonLink href="/orders" look="primary">
        See your orders
      </ButtonLink>
      <Button onClick={onRetry}>Send it again</Button>
    </div>
  </Empty>
)

/** Also shown to a customer who returns to this page after ordering. */
function NothingToOrder({ userId }: { readonly userId: string }) {
  const orderId = lastOrder(userId)
  return orderId ? (
    <Empty title="Your order was placed">
      <p className="soft">There is nothing else in your cart.</p>
      <ButtonLink href={`/orders/${orderId}`} look="primary">
        See your order
      </ButtonLink>
    </Empty>
  ) : (
    <Empty title="There is nothing to order">
      <p className="soft">Your cart is empty.</p>
      <ButtonLink href="/products" look="primary">
        Find something
      </ButtonLink>
    </Empty>
  )
}

/** The order is placed already, so a failure is not worth a message: the order has the address. */
function useSaveAddress(): (address: Address) => void {
  const api = useApi()
  const client = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: (address: Address) => saveAddress(api, address),
    onSuccess: (me) => client.setQueryData(['me'], me),
    retry: 2,
  })
  return mutate
}
