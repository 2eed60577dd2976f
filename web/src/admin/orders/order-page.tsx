import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { AdminOrder } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatDateTime, formatMoney, formatPercent } from '../../format.ts'
import { StatusBadge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Failed, Loading } from '../../ui/states.tsx'
import { BackLink } from '../../ui/back-link.tsx'
import { DataTable } from '../data-table.tsx'
import { shortId } from '../live/flows.ts'
import { isMoving } from './is-moving.ts'
import { OrderDocuments } from './order-documents.tsx'
import { OrderNextStep } from './order-next-step.tsx'
import { OrderTrail } from './order-trail.tsx'

export function OrderPage({ orderId }: { readonly orderId: string }) {
  const api = useApi()
  const query = useQuery({
    queryKey: ['orders', 'one', orderId],
    queryFn: () => bodyOf(api.GET('/admin/orders/{orderId}', { params: { path: { orderId } } })),
    refetchInterval: ({ state: { data } }) => (data && isMoving(data) ? 2_500 : false),
  })
  const order = query.data
  return (
    <Page
      title={`Order ${shortId(orderId)}`}
      site="Back office"
      above={<BackLink href="">All orders</BackLink>}
      actions={
        order && (
          <>
            <span aria-live="polite">
              <StatusBadge status={order.status} />
            </span>
            <ButtonLink href={`~/admin/live?order=${orderId}`}>Live view</ButtonLink>
          </>
        )
      }
    >
      {query.isPending && <Loading label="Loading the order" lines={5} />}
      {query.isError && !order && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {order && (
        <div className="detail">
          <div className="stack">
            <OrderItems order={order} />
            <section className="card stack">
              <h2>What happened</h2>
              <OrderTrail trail={order.trail} />
            </section>
          </div>
          <div className="stack detail-first">
            <OrderNextStep order={order} />
            <OrderCustomer order={order} />
            <OrderDocuments order={order} />
          </div>
        </div>
      )}
    </Page>
  )
}

function OrderItems({ order }: { readonly order: AdminOrder }) {
  const { items, subtotal, discount, discountCode, shipping, tax, total, refunded, chargedBack, orderType } = order
  const returned = new Map(order.returned?.map(({ sku, quantity }) => [sku, quantity]))
  return (
    <section className="stack">
      <h2 className="visually-hidden">Items</h2>
      <DataTable
        label="Items"
        keyOf={({ sku }) => sku}
        rows={items}
        columns={[
          {
            label: 'Product',
            cell: ({ name, sku }) => (
              <span className="two-lines">
                <Link href={`~/admin/products/${sku.toLowerCase()}`} className="row-link">
                  {name}
                </Link>
                <code className="soft">{sku}</code>
              </span>
            ),
          },
          {
            label: 'Pieces',
            isNumber: true,
            cell: ({ sku, quantity }) =>
              returned.has(sku) ? `${quantity} (${returned.get(sku)} returned)` : String(quantity),
          },
          { label: 'Each', isNumber: true, cell: ({ unitPrice }) => formatMoney(unitPrice) },
          { label: 'Sum', isNumber: true, cell: ({ lineTotal }) => formatMoney(lineTotal) },
        ]}
      />
      <dl className="order-totals card">
        <dt>Subtotal</dt>
        <dd>{formatMoney(subtotal)}</dd>
        {discount.amount > 0 && (
          <>
            <dt>{discountCode ? `Discount ${discountCode}` : 'Discount'}</dt>
            <dd>{`−${formatMoney(discount)}`}</dd>
          </>
        )}
        <dt>{`Shipping, ${orderType}`}</dt>
        <dd>{formatMoney(shipping)}</dd>
        <dt className="order-total">Total</dt>
        <dd className="order-total">{formatMoney(total)}</dd>
        <dt>{`Including ${formatPercent(tax.rate)} VAT`}</dt>
        <dd>{formatMoney(tax.amount)}</dd>
        {refunded.amount > 0 && (
          <>
            <dt>Refunded</dt>
            <dd>{`−${formatMoney(refunded)}`}</dd>
          </>
        )}
        {chargedBack.amount > 0 && (
          <>
            <dt>Taken back by the bank</dt>
            <dd>{`−${formatMoney(chargedBack)}`}</dd>
          </>
        )}
      </dl>
    </section>
  )
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' })

function OrderCustomer({ order }: { readonly order: AdminOrder }) {
  const { shippingAddress: address, customerEmail, placedAt, orderId } = order
  const lines = [
    address.name,
    address.line1,
    address.line2,
    [address.postalCode, address.city].filter(Boolean).join(' '),
    [address.region, countryNames.of(address.country)].filter(Boolean).join(', '),
  ]
  return (
    <section className="card stack">
      <h2>Customer</h2>
      <address className="order-address">
        {lines.filter(Boolean).map((line, index) => (
          <span key={index}>{line}</span>
        ))}
        {address.phone && <a href={`tel:${address.phone.replaceAll(' ', '')}`}>{address.phone}</a>}
      </address>
      {customerEmail === undefined ? (
        <p className="soft small">The customer has no email address: the account was deleted.</p>
      ) : (
        <p className="two-lines">
          <a href={`mailto:${customerEmail}`}>{customerEmail}</a>
          <Link href={`?email=${encodeURIComponent(customerEmail)}`} className="small">
            All orders of this customer
          </Link>
        </p>
      )}
      <dl className="facts">
        <dt>Placed</dt>
        <dd>{formatDateTime(placedAt)}</dd>
        <dt>Number</dt>
        <dd>
          <code>{orderId}</code>
        </dd>
      </dl>
    </section>
  )
}
