import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf } from '../../api/client.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import type { AdminOrder } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatDate, formatMoney, type Money } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { isDeliverable, reasonText, situationText } from './order-text.ts'
import { ReturnRejection } from './return-rejection.tsx'

/** What staff can do with an order in its status. */
export function OrderNextStep({ order }: { readonly order: AdminOrder }) {
  const { status, reason, refundable, deliveredAt } = order
  const isRefundPending = status === 'RETURN_REQUESTED' && refundable === undefined
  const focus = useKeptFocus(`${status} ${isRefundPending} ${deliveredAt}`)
  return (
    <section className="card stack next-step" {...focus}>
      <h2>Next step</h2>
      <p>
        {isRefundPending ? 'The refund was requested. The payment provider is carrying it out.' : situationText(order)}
      </p>
      {reason !== undefined && <p className="soft">{reasonText(reason)}</p>}
      {deliveredAt !== undefined && <p className="soft small">{`Delivered on ${formatDate(deliveredAt)}.`}</p>}
      {order.return && <RequestedReturn order={order} />}
      {refundable !== undefined && <Refund order={order} amount={refundable} />}
      {status === 'RETURN_REQUESTED' && !isRefundPending && <ReturnRejection orderId={order.orderId} />}
      {isDeliverable(order) && <Delivery orderId={order.orderId} />}
    </section>
  )
}

function RequestedReturn({ order: { return: sentBack, items } }: { readonly order: AdminOrder }) {
  return (
    <div className="stack order-return">
      <ul role="list">
        {sentBack?.items.map(({ sku, quantity }) => (
          <li key={sku}>{`${quantity} × ${items.find((item) => item.sku === sku)?.name ?? sku}`}</li>
        ))}
      </ul>
      <blockquote>{sentBack?.reason}</blockquote>
    </div>
  )
}

/** Refunds a return, or cancels a paid order. */
function Refund({ order: { orderId, status }, amount }: { readonly order: AdminOrder; readonly amount: Money }) {
  const api = useApi()
  const queries = useQueryClient()
  const keys = useIdempotencyKeys()
  const [isAsking, setIsAsking] = useState(false)
  const refund = useAction({
    mutationFn: () =>
      answerOf(
        api.POST('/admin/orders/{orderId}/refund', {
          params: { path: { orderId }, header: { 'idempotency-key': keys.keyFor({ orderId, status, amount }) } },
        }),
      ),
    onSuccess: () => setIsAsking(false),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  const isCancellation = status === 'PAID'
  const text = isCancellation ? `Cancel and refund ${formatMoney(amount)}` : `Refund ${formatMoney(amount)}`
  return (
    <>
      <Button look={isCancellation ? 'danger' : 'primary'} onClick={() => setIsAsking(true)}>
        {text}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`${text}?`}
          confirm={text}
          isPending={refund.isPending}
          onConfirm={() => refund.run()}
          onClose={() => {
            setIsAsking(false)
            refund.reset()
          }}
        >
          <p>
            {isCancellation
              ? 'The order ends, its stock is released, and the customer gets the whole amount back.'
              : 'The customer gets this amount back for the pieces of the return.'}{' '}
            What their bank has taken back already is not refunded again.
          </p>
          <FormFailure error={refund.error} />
        </ConfirmDialog>
      )}
    </>
  )
}

function Delivery({ orderId }: { readonly orderId: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const deliver = useAction({
    mutationFn: () => answerOf(api.POST('/admin/orders/{orderId}/delivery', { params: { path: { orderId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  return (
    <>
      <FormFailure error={deliver.error} />
      <Button isPending={deliver.isPending} onClick={() => deliver.run()}>
        Mark as delivered
      </Button>
    </>
  )
}
