import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { orderTypes } from '#services/orders/events.ts'

const source = 'shipping.app'

export const ShipmentCreated = defineEvent({
  source,
  type: 'ShipmentCreated',
  version: 1,
  data: z.object({
    orderId: z.string(),
    shipmentId: z.string(),
    trackingNumber: z.string(),
    carrier: z.string(),
    orderType: z.enum(orderTypes),
  }),
})

export const ShipmentDelivered = defineEvent({
  source,
  type: 'ShipmentDelivered',
  version: 1,
  data: z.object({ orderId: z.string(), shipmentId: z.string() }),
})
