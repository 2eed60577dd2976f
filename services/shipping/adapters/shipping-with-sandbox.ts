import * as z from 'zod'
import type { Table } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { wholeNumber } from '#shared/text.ts'
import type { ShippingDependencies } from '../use-cases/change-shipment.ts'
import { sandboxCarrier } from './sandbox-carrier.ts'
import { shipmentTable } from './shipment-table.ts'

const now = () => new Date()

/** The one place that chooses the carrier: the dependencies of every function that calls it. */
export function shippingWithSandbox(table: Table): ShippingDependencies {
  const env = readEnv(z.object({ DELIVERY_DELAY_SECONDS: wholeNumber({ min: 0 }) }))
  const carrier = sandboxCarrier(table, { deliveryDelaySeconds: env.DELIVERY_DELAY_SECONDS, now })
  return { shipments: shipmentTable(table), carrier, now }
}
