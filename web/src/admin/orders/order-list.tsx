import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import type { OrderStatus } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatMoney, plural } from '../../format.ts'
import { orderStatuses, StatusBadge, statusText } from '../../ui/badge.tsx'
import { Page } from '../../ui/page.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/states.tsx'
import { DataTable, DateTimeCell } from '../data-table.tsx'
import { shortId } from '../live/flows.ts'
import { FilterSelect, FilterText } from '../filter-fields.tsx'
import { PagedList } from '../paged-list.tsx'
import { useFilters } from '../use-filters.ts'
import { usePages } from '../use-pages.ts'
import { piecesOf } from './order-text.ts'

const statusOptions = [
  { value: '', label: 'Any status' },
  ...orderStatuses.map((status) => ({ value: status, label: statusText(status) })),
]

export function OrderList() {
  const api = useApi()
  const [filter, setFilter] = useFilters()
  const status = orderStatuses.find((each) => each === filter('status'))
  const email = filter('email')
  const orders = usePages({
    queryKey: ['orders', 'list', { status, email }],
    load: (cursor) =>
      bodyOf(api.GET('/admin/orders', { params: { query: { limit: 30, ...queryOf({ status, email, cursor }) } } })),
    refetchInterval: 15_000,
  })
  return (
    <Page title="Orders" site="Back office">
      <div className="filters">
        <FilterSelect
          label="Status"
          value={status ?? ''}
          options={statusOptions}
          onChange={(value) => setFilter('status', value)}
        />
        <FilterText
          label="Customer’s email address"
          value={email}
          placeholder="ada@example.com"
          maxLength={254}
          onChange={(value) => setFilter('email', value)}
        />
      </div>
      <PagedList
        pages={orders}
        noun="order"
        empty={<NoOrders isFiltered={status !== undefined || email !== ''} hasEmail={email !== ''} />}
      >
        {(items) => (
          <DataTable
            label="Orders"
            keyOf={({ orderId }) => orderId}
            rows={items}
            columns={[
              {
                label: 'Order',
                cell: ({ orderId }) => (
                  <Link href={`/${orderId}`} className="row-link order-id">
                    {shortId(orderId)}
                  </Link>
                ),
              },
              {
                label: 'Customer',
                cell: ({ shippingAddress: { name, city, country } }) => (
                  <span className="two-lines">
                    <span className="order-customer">{name}</span>
                    <span className="soft small order-place">{`${city}, ${country}`}</span>
                  </span>
                ),
              },
              { label: 'Status', cell: (order) => <StatusBadge status={order.status} /> },
              {
                label: 'Items',
                cell: (order) => (
                  <span className="two-lines">
                    <span className="order-first-item">{order.items[0]?.name}</span>
                    <span className="soft small">{plural(piecesOf(order.items), 'piece')}</span>
                  </span>
                ),
              },
              { label: 'Placed', isNumber: true, cell: ({ placedAt }) => <DateTimeCell at={placedAt} /> },
              { label: 'Total', isNumber: true, cell: ({ total }) => formatMoney(total) },
            ]}
          />
        )}
      </PagedList>
    </Page>
  )
}

interface Filters {
  readonly status: OrderStatus | undefined
  readonly email: string
  readonly cursor: string | undefined
}

/** Parameters without a value are left out: the API rejects empty ones. */
const queryOf = ({ status, email, cursor }: Filters) => ({
  ...(status === undefined ? {} : { status }),
  ...(email === '' ? {} : { email }),
  ...(cursor === undefined ? {} : { cursor }),
})

const NoOrders = ({ isFiltered, hasEmail }: { readonly isFiltered: boolean; readonly hasEmail: boolean }) => {
  const [, setFilter] = useFilters()
  if (!isFiltered) {
    return (
      <Empty title="No orders yet">
        <p className="soft">An order appears here as soon as a customer places it.</p>
      </Empty>
    )
  }
  return (
    <Empty title="No order matches">
      <p className="soft">
        {hasEmail
          ? 'The whole address is needed, as the customer signed up with it.'
          : 'No order is in this status at the moment.'}
      </p>
      <Button onClick={() => setFilter(hasEmail ? 'email' : 'status', '')}>
        {hasEmail ? 'Show the orders of all customers' : 'Show orders of any status'}
      </Button>
    </Empty>
  )
}
