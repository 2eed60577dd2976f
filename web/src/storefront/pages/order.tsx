import { useEffect, useState } from 'react'
import { useParams } from 'wouter'
import { ApiFailure, refusalOf } from '../../api/failure.ts'
import type { Order, TrailEntry } from '../../api/types.ts'
import { formatDate, formatDateTime } from '../../format.ts'
import { BackLink } from '../../ui/back-link.tsx'
import { StatusBadge } from '../../ui/badge.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, FormFailure, Loading } from '../../ui/states.tsx'
import { addressLines } from '../address/address.ts'
import { countryName } from '../address/countries.ts'
import { OrderActions } from '../orders/order-actions.tsx'
import { headlineOf, stepsOf } from '../orders/order-progress.ts'
import { OrderItems, OrderTotals } from '../orders/order-receipt.tsx'
import { OrderTimeline } from '../orders/order-timeline.tsx'
import { isReturnable, returnPeriodText } from '../orders/return-lines.ts'
import { ReturnForm } from '../orders/return-form.tsx'
import { useOrder, useOrderEvents } from '../orders/use-order.ts'
import { useReturn } from '../orders/use-return.ts'
import '../orders/orders.css'
import { RequireSession } from '../require-session.tsx'

export default function OrderPage() {
  const { orderId } = useParams<{ orderId: string }>()
  return (
    <RequireSession>
      <OrderById key={orderId} orderId={orderId} />
    </RequireSession>
  )
}

const back = <BackLink href="/orders">Your orders</BackLink>

function OrderById({ orderId }: { readonly orderId: string }) {
  const order = useOrder(orderId)
  if (order.data) return <LoadedOrder order={order.data} />
  if (order.isPending) {
    return (
      <Page title="Your order" above={back}>
        <Loading label="Loading your order" lines={6} />
      </Page>
    )
  }
  const isUnknown = order.error instanceof ApiFailure && order.error.status === 404
  return (
    <Page title={isUnknown ? 'You have no such order' : 'Your order'} above={back}>
      {isUnknown ? (
        <p className="soft">The address may be misspelled, or you ordered with another account.</p>
      ) : (
        <Failed error={order.error} onRetry={() => void order.refetch()} />
      )}
    </Page>
  )
}

const noEvents: readonly TrailEntry[] = []

function LoadedOrder({ order }: { readonly order: Order }) {
  const { orderId, placedAt } = order
  const events = useOrderEvents(order)
  const [isReturning, setReturning] = useState(false)
  const send = useReturn(order, () => setReturning(false))
  const canReturn = isReturnable(order, new Date())
  // Otherwise the form would open by itself when staff reject the return.
  if (isReturning && !canReturn) setReturning(false)
  const showForm = (isShown: boolean) => {
    if (!send.isPending) send.reset()
    setReturning(isShown)
  }
  const { error, reset } = send
  // The order says that the request arrived although its response did not.
  useEffect(() => {
    if (!canReturn && error && !refusalOf(error)) reset()
  }, [canReturn, error, reset])
  const focus = useKeptFocus(`${order.status} ${isReturning}`)
  const { title, text, look } = headlineOf(order, events.data ?? noEvents)
  return (
    <Page title={`Order of ${formatDate(placedAt)}`} above={back} actions={<StatusBadge status={order.status} />}>
      <div className="order-layout">
        <div className="stack" {...focus}>
          <section className="card stack" aria-label="Status">
            <div className={`order-headline look-${look}`} role="status">
              <h2>{title}</h2>
              <p>{text}</p>
            </div>
            {events.data ? (
              <OrderTimeline steps={stepsOf(order, events.data)} />
            ) : events.isError ? (
              <Failed error={events.error} onRetry={() => void events.refetch()} />
            ) : (
              <Loading label="Loading what happened" lines={5} />
            )}
            {!isReturning && (
              <>
                <FormFailure error={error} />
                <OrderActions order={order} onReturn={canReturn ? () => showForm(true) : undefined} />
              </>
            )}
            {canReturn && <p className="soft small">{returnPeriodText(order)}</p>}
          </section>
          {isReturning && canReturn && <ReturnForm order={order} send={send} onClose={() => showForm(false)} />}
          <section className="card stack" aria-labelledby="items-title">
            <h2 id="items-title">Items</h2>
            <OrderItems order={order} />
          </section>
        </div>
        <aside className="stack" aria-label="Details">
          <section className="card stack">
            <h2>Receipt</h2>
            <OrderTotals order={order} />
          </section>
          <Delivery order={order} />
          <p className="soft small">
            Order number <code>{orderId}</code>, placed {formatDateTime(placedAt)}
          </p>
        </aside>
      </div>
    </Page>
  )
}

function Delivery({ order: { shippingAddress, orderType, shipment } }: { readonly order: Order }) {
  const [name, ...lines] = addressLines(shippingAddress, countryName(shippingAddress.country))
  return (
    <section className="card stack">
      <h2>Delivery</h2>
      <address className="address">
        <strong>{name}</strong>
        {lines.map((line, index) => (
          <span key={index}>{line}</span>
        ))}
        {shippingAddress.phone && <span className="soft small">{shippingAddress.phone}</span>}
      </address>
      <p className="soft small">{orderType === 'express' ? 'Express' : 'Standard'} delivery</p>
      {shipment && (
        <p className="small">
          {shipment.carrier}, tracking number <code>{shipment.trackingNumber}</code>
        </p>
      )}
    </section>
  )
}
