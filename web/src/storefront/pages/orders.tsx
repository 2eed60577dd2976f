import { useInfiniteQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { Order } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatDateTime, formatMoney } from '../../format.ts'
import { StatusBadge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { Empty, Failed, Loading } from '../../ui/states.tsx'
import { AccountTabs } from '../account/account-tabs.tsx'
import { productIdOf } from '../cart/cart.ts'
import { OrderImage } from '../orders/order-image.tsx'
import '../orders/orders.css'
import { RequireSession } from '../require-session.tsx'

export default function OrdersPage() {
  return (
    <RequireSession>
      <Page title="Your orders" above={<AccountTabs />}>
        <OrderList />
      </Page>
    </RequireSession>
  )
}

function OrderList() {
  const api = useApi()
  const orders = useInfiniteQuery({
    queryKey: ['orders', 'list'],
    queryFn: ({ pageParam, signal }) =>
      bodyOf(api.GET('/orders', { params: { query: pageParam ? { cursor: pageParam } : {} }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
  if (orders.isPending) return <Loading label="Loading your orders" lines={6} />
  if (!orders.data) return <Failed error={orders.error} onRetry={() => void orders.refetch()} />
  const items = orders.data.pages.flatMap((page) => page.items)
  if (items.length === 0 && !orders.hasNextPage) {
    return (
      <Empty title="No orders yet">
        <p className="soft">Your orders appear here, with their delivery status.</p>
        <ButtonLink href="/products" look="primary">
          Find something nice
        </ButtonLink>
      </Empty>
    )
  }
  return (
    <div className="stack">
      <ul role="list" className="order-list">
        {items.map((order) => (
          <OrderCard key={order.orderId} order={order} />
        ))}
      </ul>
      {orders.isError && (
        <Failed
          error={orders.error}
          onRetry={() => void (orders.isFetchNextPageError ? orders.fetchNextPage() : orders.refetch())}
        />
      )}
      {!orders.isError && (
        <ShowMore
          hasMore={orders.hasNextPage}
          isPending={orders.isFetchingNextPage}
          onMore={() => void orders.fetchNextPage()}
        >
          Show older orders
        </ShowMore>
      )}
    </div>
  )
}

/** How many pictures a card shows. */
const maxImages = 3

const OrderCard = ({ order: { orderId, status, items, total, placedAt } }: { readonly order: Order }) => (
  <li className="card order-card">
    <div className="order-card-images">
      {items.slice(0, maxImages).map(({ sku }) => (
        <OrderImage key={sku} productId={productIdOf(sku)} />
      ))}
      {items.length > maxImages && <span className="soft small">+{items.length - maxImages}</span>}
    </div>
    <div className="order-card-text">
      <Link href={`/orders/${orderId}`} className="order-card-link">
        Order of {formatDateTime(placedAt)}
      </Link>
      <p className="soft small order-card-names">
        {items.map(({ sku, name, quantity }, index) => (
          <Fragment key={sku}>
            {index > 0 && ' · '}
            {quantity > 1 && `${quantity} × `}
            {/* A name that is written from right to left would move the next quantity. */}
            <bdi dir="ltr">{name}</bdi>
          </Fragment>
        ))}
      </p>
    </div>
    <div className="order-card-end">
      <StatusBadge status={status} />
      <p className="number">{formatMoney(total)}</p>
    </div>
  </li>
)
