import { useQuery } from '@tanstack/react-query'
import { answerOf } from '../../api/client.ts'
import { useApi } from '../../app-context.tsx'
import { formatDateTime, formatMoney } from '../../format.ts'
import { StatusBadge } from '../../ui/badge.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty, Failed, Loading } from '../../ui/states.tsx'

export default function OrdersArea() {
  const api = useApi()
  const orders = useQuery({
    queryKey: ['admin-orders'],
    queryFn: () => answerOf(api.GET('/admin/orders', { params: { query: { limit: 50 } } })),
  })
  return (
    <Page title="Orders" site="Back office">
      {orders.isPending && <Loading label="Loading orders" />}
      {orders.isError && <Failed error={orders.error} onRetry={() => void orders.refetch()} />}
      {orders.data?.items.length === 0 && <Empty title="No orders yet" />}
      {orders.data && orders.data.items.length > 0 && (
        <div className="table-frame">
          <table>
            <thead>
              <tr>
                <th>Order</th>
                <th>Placed</th>
                <th>Status</th>
                <th className="number">Total</th>
              </tr>
            </thead>
            <tbody>
              {orders.data.items.map(({ orderId, placedAt, status, total }) => (
                <tr key={orderId}>
                  <td>{orderId}</td>
                  <td>{formatDateTime(placedAt)}</td>
                  <td>
                    <StatusBadge status={status} />
                  </td>
                  <td className="number">{formatMoney(total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  )
}
