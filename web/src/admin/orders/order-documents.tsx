import { answerOf } from '../../api/client.ts'
import type { AdminOrder } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'

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
      {shipment && (
        <OpenDocument name="Label" load={() => answerOf(api.GET('/admin/orders/{orderId}/label', params))} />
      )}
      {hasInvoice && (
        <OpenDocument name="Invoice" load={() => answerOf(api.GET('/admin/orders/{orderId}/invoice', params))} />
      )}
    </section>
  )
}

/** Opens a PDF at an address that expires after five minutes. */
function OpenDocument({
  name,
  load,
}: {
  readonly name: string
  readonly load: () => Promise<{ readonly url: string }>
}) {
  const open = useAction({ mutationFn: load, onSuccess: ({ url }) => void window.open(url, '_blank', 'noopener') })
  return (
    <>
      <div className="cluster">
        <Button isPending={open.isPending} onClick={() => open.run()}>
          {name}
        </Button>
        {open.data && (
          <a href={open.data.url} target="_blank" rel="noopener noreferrer" className="small">
            Open it again
          </a>
        )}
      </div>
      <FormFailure error={open.error} />
    </>
  )
}
