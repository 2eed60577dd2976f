import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { shippingWithSandbox } from '../adapters/shipping-with-sandbox.ts'
import { voidShipmentHandler } from '../handlers/follow-orders.ts'

export const handler = voidShipmentHandler(shippingWithSandbox(tableFromEnv()))
