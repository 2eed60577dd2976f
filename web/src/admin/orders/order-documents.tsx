import { useMutation } from '@tanstack/react-query'
import { answerOf } from '../../api/client.ts'
import type { AdminOrder } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { FormFailure } from '../../ui/states.tsx'

const unpaid = ['PLACED', 'RESERVED', 'REJECTED', 'PAYMENT_FAILED', 'CANCELLED']

/** The parcel, and the PDFs of the order, which open at addresses that expire after five minutes. */
export function OrderDocuments({ order: { orderId, status, shipment } }: { readonly order: AdminOrder }) {
  const api = useApi()
  const open = useMutation({
    mutationFn: async (document: 'label' | 'invoice') => {
      const params = { params: { path: { orderId } } }
      const answer =
        document === 'label'
          ? api.GET('/admin/orders/{orderId}/label', params)
          : api.GET('/admin/orders/{orderId}/invoice', params)
      return { document, url: (await answerOf(answer)).url }
    },
    onSuccess: ({ url }) => void window.open(url, '_blank', 'noopener'),
  })
  const hasInvoice = !unpaid.includes(status)
  if (!hasInvoice && !shipment) return null
  const isOpening = (document: string) => open.isPending && open.variables === document
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
          <Button isPending={isOpening('label')} onClick={() => open.mutate('label')}>
            Label
          </Button>
        )}
        {hasInvoice && (
          <Button isPending={isOpening('invoice')} onClick={() => open.mutate('invoice')}>
            Invoice
          </Button>
        )}
      </div>
      {open.isSuccess && (
        <p className="small" role="status">
          If no new tab has opened,{' '}
          <a href={open.data.url} target="_blank" rel="noopener noreferrer">
            {`open the ${open.data.document}`}
          </a>
          .
        </p>
      )}
      <FormFailure error={open.error} />
    </section>
  )
}
