import { bodyOf } from '../../api/client.ts'
import type { AdminOrder } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { DocumentButton } from '../../ui/document-button.tsx'

const unpaid = ['PLACED', 'RESERVED', 'REJECTED', 'PAYMENT_FAILED', 'CANCELLED']

/** The parcel, and the documents of the order. */
export function OrderDocuments({ order: { orderId, status, shipment } }: { readonly order: AdminOrder }) {
  const api = useApi()
  const hasInvoice = !unpaid.includes(status)
  if (!hasInvoice && !shipment) return null
  const params = { params: { path: { orderId } } }
  return (
    <section className="card stack">
      <h2>Parcel and documents</h2>
      {shipment && (
        <dl className="facts">
          <dt>Carrier</dt>
          <dd>{shipment.carrier}</dd>
          <dt>Tracking</dt>
          <dd>
            <code>{shipment.trackingNumber}</code>
          </dd>
        </dl>
      )}
      <div className="cluster">
        {shipment && (
          <DocumentButton name="Label" load={() => bodyOf(api.GET('/admin/orders/{orderId}/label', params))} />
        )}
        {hasInvoice && (
          <DocumentButton name="Invoice" load={() => bodyOf(api.GET('/admin/orders/{orderId}/invoice', params))} />
        )}
      </div>
    </section>
  )
}
