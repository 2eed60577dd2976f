import type { AdminOrder } from '../../api/types.ts'

/** Whether services change an order by themselves, within seconds. */
export const isMoving = (order: AdminOrder): boolean =>
  ['PLACED', 'RESERVED', 'PAID', 'SHIPPED'].includes(order.status) ||
  (order.return !== undefined && order.refundable === undefined) ||
  awaitsRefund(order)

/** A cancelled order is refunded a moment later: less than its total when the bank has taken money back. */
const awaitsRefund = ({ status, refunded, total, trail }: AdminOrder): boolean =>
  status === 'CANCELLED' &&
  refunded.amount < total.amount &&
  trail.some(({ type }) => type === 'PaymentCaptured') &&
  !trail.some(({ type }) => type === 'OrderRefunded')
