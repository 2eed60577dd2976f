import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import { refusalOf } from '../../api/failure.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import type { AdminOrder } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatDate, formatMoney } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { isDeliverable, reasonText, situationText } from './order-text.ts'
import { ReturnRejection } from './return-rejection.tsx'

/**
 * What staff can do with an order in its status. Each action outlasts its button: when the order has moved on meanwhile, it
 * still shows why it was refused.
 */
export function OrderNextStep({ order }: { readonly order: AdminOrder }) {
  const { status, reason, refundable, deliveredAt, orderId } = order
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
      <Refund order={order} />
      <ReturnRejection orderId={orderId} isOffered={status === 'RETURN_REQUESTED' && !isRefundPending} />
      <Delivery orderId={orderId} isOffered={isDeliverable(order)} />
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
function Refund({ order }: { readonly order: AdminOrder }) {
  const api = useApi()
  const queries = useQueryClient()
  const keys = useIdempotencyKeys()
  /** The order that the dialog asks about, as it was when it could last be refunded. */
  const [asked, setAsked] = useState<AdminOrder>()
  const canRefund = order.refundable !== undefined
  if (asked && canRefund && asked !== order) setAsked(order)
  const refund = useAction({
    mutationFn: ({ orderId, version }: AdminOrder) =>
      bodyOf(
        api.POST('/admin/orders/{orderId}/refund', {
          params: { path: { orderId }, header: { 'idempotency-key': keys.keyFor({ orderId, version }) } },
        }),
      ),
    onSuccess: () => {
      setAsked(undefined)
      return queries.invalidateQueries({ queryKey: ['orders'] })
    },
    // The failure is shown without waiting for it.
    onError: () => void queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  // The order says that the request arrived although its response did not.
  if (asked && !canRefund && refund.error && !refusalOf(refund.error)) setAsked(undefined)
  return (
    <>
      {canRefund && (
        <Button
          look={isCancellation(order) ? 'danger' : 'primary'}
          onClick={() => {
            refund.reset()
            setAsked(order)
          }}
        >
          {refundText(order)}
        </Button>
      )}
      {asked && (
        <ConfirmDialog
          title={`${refundText(asked)}?`}
          confirm={refundText(asked)}
          isPending={refund.isPending}
          onConfirm={() => refund.run(asked)}
          onClose={() => setAsked(undefined)}
        >
          <p>
            {isCancellation(asked)
              ? 'The order ends, its stock is released, and the customer gets this amount back.'
              : 'The customer gets this amount back for the pieces of the return.'}
            {asked.chargedBack.amount > 0 &&
              ` Their bank has taken ${formatMoney(asked.chargedBack)} back already, which is not refunded again.`}
          </p>
          <FormFailure error={refund.error} />
        </ConfirmDialog>
      )}
    </>
  )
}

const isCancellation = ({ status }: AdminOrder) => status === 'PAID'

function refundText(order: AdminOrder): string {
  const amount = order.refundable ? formatMoney(order.refundable) : ''
  return isCancellation(order) ? `Cancel and refund ${amount}` : `Refund ${amount}`
}

function Delivery({ orderId, isOffered }: { readonly orderId: string; readonly isOffered: boolean }) {
  const api = useApi()
  const queries = useQueryClient()
  const deliver = useAction({
    mutationFn: () => bodyOf(api.POST('/admin/orders/{orderId}/delivery', { params: { path: { orderId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['orders'] }),
    onError: () => void queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  return (
    <>
      <FormFailure error={isOffered ? deliver.error : refusalOf(deliver.error)} />
      {isOffered && (
        <Button isPending={deliver.isPending} onClick={() => deliver.run()}>
          Mark as delivered
        </Button>
      )}
    </>
  )
}
