import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { shippingWithSandbox } from '../adapters/shipping-with-sandbox.ts'
import { deliverSandboxParcelHandler } from '../handlers/deliver-shipment.ts'

export const handler = deliverSandboxParcelHandler(shippingWithSandbox(tableFromEnv()))
