import { itemSize } from '@cartwheel/local/testing'
import { newId } from '#shared/ids.ts'
import { createTestTable } from '#test/support/table.ts'
import { create, deliver } from '../domain/shipment.ts'
import { sandboxCarrier } from './sandbox-carrier.ts'
import { shipmentTable } from './shipment-table.ts'

test('each write of a shipment is one unit: an item below 1 KB, with ids of their real length', async () => {
  const table = await createTestTable()
  const time = new Date()
  const orderId = newId('ord', time)
  const cause = {
    correlationId: 'a'.repeat(36),
    causationId: `OrderPaid/${orderId}/10`,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  }
  const carrier = sandboxCarrier(table, { deliveryDelaySeconds: 3, now: () => time })
  const address = { name: 'Ada', line1: '1 Lane', city: 'Cork', country: 'IE' } as const
  const { trackingNumber } = await carrier.create({ reference: orderId, orderType: 'standard', address })
  const parcel = { orderId, orderType: 'standard', trackingNumber, carrier: carrier.name } as const
  const created = create({ ...parcel, shipmentId: newId('shp', time) }, { time, cause })
  const delivered = deliver(created.shipment, {
    time,
    cause: { ...cause, causationId: created.events[0]!.metadata.id },
  })!
  const shipments = shipmentTable(table)
  for (const change of [created, delivered]) expect(await shipments.save(change)).toBe('saved')
  expect(await shipments.find(orderId)).toEqual(delivered.shipment)
  const sizes = table.requests('PutItem').map(({ Item }) => itemSize(Item))
  expect(sizes).toHaveLength(3)
  expect(sizes.filter((bytes) => bytes > 1024)).toEqual([])
})

test('a shipment that has changed since it was read is not overwritten', async () => {
  const shipments = shipmentTable(await createTestTable())
  const time = new Date('2026-11-20T12:00:00.000Z')
  const cause = { correlationId: 'c', causationId: 'e' }
  const parcel = { orderId: 'ord_1', orderType: 'express', trackingNumber: 'T', carrier: 'x', shipmentId: 's' } as const
  const created = create(parcel, { time, cause })
  await shipments.save(created)
  expect(await shipments.save(created)).toBe('stale')
  const delivered = deliver(created.shipment, { time, cause })!
  expect(await shipments.save(delivered)).toBe('saved')
  expect(await shipments.save(delivered)).toBe('stale')
})
