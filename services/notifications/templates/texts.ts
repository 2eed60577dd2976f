import { applicationName } from '#shared/application.ts'
import type { OrderDelivered, OrderShipped } from '#services/orders/events.ts'
import type { DataOf } from './order-mails.ts'

/** One text message has 160 characters of the GSM alphabet, so these have no others. */
export const orderShippedText = ({ orderId, shipment }: DataOf<typeof OrderShipped>): string =>
  `${applicationName}: your order ${orderId} is on its way with ${shipment.carrier}, ${shipment.trackingNumber}.`

export const orderDeliveredText = ({ orderId, reason }: DataOf<typeof OrderDelivered>): string =>
  reason === 'return-rejected'
    ? `${applicationName}: we could not accept your return of order ${orderId}. The details are in your email.`
    : `${applicationName}: your order ${orderId} has been delivered.`
