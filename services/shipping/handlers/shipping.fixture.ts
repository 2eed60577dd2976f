import { OrderCancelled, OrderPaid } from '#services/orders/events.ts'
import { orderKey } from '#services/orders/keys.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { address } from '#test/support/shop.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderAddresses } from '../adapters/order-table.ts'
import { sandboxCarrier } from '../adapters/sandbox-carrier.ts'
import { shipmentTable } from '../adapters/shipment-table.ts'
import { shipmentKey } from '../keys.ts'
import type { Carrier } from '../ports.ts'
import { deliverSandboxParcelHandler } from './deliver-shipment.ts'
import { createShipmentHandler, voidShipmentHandler } from './follow-orders.ts'

export const noon = new Date('2026-11-20T12:00:00.000Z')

export const orderPaid = orderEvent(OrderPaid, { status: 'PAID', orderType: 'express' }, { version: 3 })
export const orderCancelled = orderEvent(OrderCancelled, { status: 'CANCELLED', reason: 'customer' }, { version: 4 })

/** The paid order `ord_1` and the consumers of shipping, whose sandbox delivers after three seconds. */
export async function startShipping() {
  const table = await createTestTable()
  await table.put({ ...orderKey('ord_1'), status: 'PAID', shippingAddress: address })
  const clock = { now: noon }
  const now = () => clock.now
  const sandbox = sandboxCarrier(table, { deliveryDelaySeconds: 3, now })
  /** A test can replace its calls. */
  const carrier: Carrier = { ...sandbox }
  const shipments = shipmentTable(table)
  const deps = { shipments, carrier, now }
  const handlers = {
    create: createShipmentHandler({ ...deps, addresses: orderAddresses(table), newShipmentId: () => 'shp_1' }),
    void: voidShipmentHandler(deps),
    deliver: deliverSandboxParcelHandler(deps),
  }
  const item = async (): Promise<any> => (await table.items()).find(({ PK }) => PK === shipmentKey('ord_1').PK)
  return {
    table,
    clock,
    deps,
    sandbox,
    item,
    /** @returns the ids of the messages that failed, `m0` being the first */
    async send(to: keyof typeof handlers, ...events: Parameters<typeof queueEvent>[0][number][]) {
      const { batchItemFailures } = await handlers[to](queueEvent(events))
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
    },
    /** The event of the latest change. */
    event: async () => (await item()).events[0],
    parcel: () => sandbox.track('ord_1'),
  }
}
