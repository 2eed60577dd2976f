import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { newId } from '#shared/ids.ts'
import { orderAddresses } from '../adapters/order-table.ts'
import { shippingWithSandbox } from '../adapters/shipping-with-sandbox.ts'
import { createShipmentHandler } from '../handlers/follow-orders.ts'

const table = tableFromEnv()

export const handler = createShipmentHandler({
  ...shippingWithSandbox(table),
  addresses: orderAddresses(table),
  newShipmentId: (time) => newId('shp', time),
})
