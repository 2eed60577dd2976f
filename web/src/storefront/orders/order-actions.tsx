import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { bodyOf } from '../../api/client.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import type { Order, OrderStatus } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { DocumentButton } from '../../ui/document-button.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { NotAllAdded } from '../cart/not-all-added.tsx'
import { useCartChanges } from '../cart/use-cart.ts'

const cancellable: readonly OrderStatus[] = ['PLACED', 'RESERVED', 'PAID']
const failed: readonly OrderStatus[] = ['REJECTED', 'PAYMENT_FAILED', 'CANCELLED']
const ended: readonly OrderStatus[] = [...failed, 'DELIVERED', 'REFUNDED']
const invoiced: readonly OrderStatus[] = ['PAID', 'SHIPPED', 'DELIVERED', 'RETURN_REQUESTED', 'REFUNDED']

/** What can be done with an order now. @param props.onReturn opens the return form; undefined when nothing can be returned */
export function OrderActions({
  order,
  onReturn,
}: {
  readonly order: Order
  readonly onReturn?: (() => void) | undefined
}) {
  const api = useApi()
  const { orderId, status } = order
  const loadInvoice = () => bodyOf(api.GET('/orders/{orderId}/invoice', { params: { path: { orderId } } }))
  return (
    <div className="cluster">
      {onReturn && <Button onClick={onReturn}>Return items</Button>}
      {ended.includes(status) && <OrderAgain order={order} />}
      {invoiced.includes(status) && <DocumentButton name="Invoice" load={loadInvoice} />}
      <CancelOrder order={order} />
    </div>
  )
}

/** What follows from a cancellation. The order may have moved on since the question was asked. */
function consequence(status: OrderStatus): string {
  if (status === 'PAID') return 'We refund what you paid to the same payment method, and your items go back on sale.'
  return cancellable.includes(status)
    ? 'If your payment is under way, we refund it to the same payment method. Your items go back on sale.'
    : 'The order has moved on in the meantime. It may be too late to cancel it.'
}

/** The question outlasts its button, so that it can show why a cancellation came too late. */
function CancelOrder({ order: { orderId, status } }: { readonly order: Order }) {
  const api = useApi()
  const client = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const keys = useIdempotencyKeys()
  const cancel = useAction({
    mutationFn: () => {
      const header = { 'idempotency-key': keys.keyFor({ cancel: orderId }) }
      return bodyOf(api.POST('/orders/{orderId}/cancel', { params: { path: { orderId }, header } }))
    },
    onSuccess: (order) => {
      client.setQueryData(['orders', orderId], order)
      setOpen(false)
    },
    // Also after a refusal: the order has moved on. The failure is shown without waiting for it.
    onSettled: () => void client.invalidateQueries({ queryKey: ['orders'] }),
  })
  return (
    <>
      {cancellable.includes(status) && (
        <Button
          look="danger"
          onClick={() => {
            cancel.reset()
            setOpen(true)
          }}
        >
          Cancel order
        </Button>
      )}
      {/* The cancellation may have succeeded although its response was lost. */}
      {isOpen && status !== 'CANCELLED' && (
        <ConfirmDialog
          title="Cancel this order?"
          confirm="Cancel order"
          isPending={cancel.isPending}
          onConfirm={() => cancel.run()}
          onClose={() => setOpen(false)}
        >
          <p>{consequence(status)}</p>
          <FormFailure error={cancel.error} />
        </ConfirmDialog>
      )}
    </>
  )
}

/** Puts the items into the cart, at today's prices. */
function OrderAgain({ order: { items, status } }: { readonly order: Order }) {
  const { add } = useCartChanges()
  const [, navigate] = useLocation()
  const again = useAction({
    mutationFn: () => add(items.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice }))),
    goOn: (isComplete) => isComplete && navigate('/cart'),
  })
  const isMain = failed.includes(status)
  return (
    <>
      <Button look={isMain ? 'primary' : 'secondary'} isPending={again.isPending} onClick={() => again.run()}>
        {isMain ? 'Order again' : 'Buy again'}
      </Button>
      {again.data === false && <NotAllAdded />}
      <FormFailure error={again.error} />
    </>
  )
}
