import { orderKey } from '#services/orders/keys.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { address } from '#test/support/shop.ts'
import { orderCancelled, orderPaid, startShipping } from './shipping.fixture.ts'

const logs = capturedLogs()

test('a paid order gets a parcel to its address, and the shipment is one write with its event', async () => {
  const { table, deps, sandbox, send, item, event } = await startShipping()
  const requests: unknown[] = []
  deps.carrier.create = (request) => {
    requests.push(request)
    return sandbox.create(request)
  }
  expect(await send('create', orderPaid)).toEqual([])
  expect(requests).toEqual([{ reference: 'ord_1', address, orderType: 'express' }])
  expect(await item()).toMatchObject({ status: 'created', version: 1, shipmentId: 'shp_1', trackingNumber: 'SBX1' })
  expect(await event()).toEqual({
    source: 'shipping.app',
    type: 'ShipmentCreated',
    metadata: expect.objectContaining({
      id: 'ShipmentCreated/shp_1/1',
      correlationId: 'correlation-1',
      causationId: orderPaid.metadata.id,
    }),
    data: {
      orderId: 'ord_1',
      shipmentId: 'shp_1',
      trackingNumber: 'SBX1',
      carrier: 'Sandbox',
      orderType: 'express',
    },
  })
  expect(JSON.stringify(await item())).not.toContain(address.line1)
  // The parcel of the sandbox, and the shipment.
  expect([table.calls('PutItem') - 1, table.calls('UpdateItem'), table.calls('TransactWriteItems')]).toEqual([2, 0, 0])
  expect(logs.lines()).toMatchObject([{ outcome: 'created', ShipmentsCreated: 1 }])
})

test('a repeated event, in one batch or in the next, changes nothing', async () => {
  const { table, send } = await startShipping()
  await send('create', orderPaid, orderPaid)
  const before = await table.items()
  expect(await send('create', orderPaid)).toEqual([])
  expect(await table.items()).toEqual(before)
  expect(logs.lines().map(({ outcome }) => outcome)).toEqual(['created', 'existing', 'existing'])
})

test('two deliveries of the event at the same time create one shipment', async () => {
  const { table, send, event } = await startShipping()
  table.beforeNext('PutItem', async () => void (await send('create', orderPaid)))
  expect(await send('create', orderPaid)).toEqual([])
  expect(logs.lines().map(({ outcome }) => outcome)).toEqual(['created', 'existing'])
  expect((await event()).metadata.id).toBe('ShipmentCreated/shp_1/1')
})

test('an order that was cancelled first gets no parcel', async () => {
  const { send, item, parcel } = await startShipping()
  expect(await send('void', orderCancelled)).toEqual([])
  expect(await item()).toMatchObject({ orderId: 'ord_1', status: 'void', version: 1 })
  expect(await send('create', orderPaid)).toEqual([])
  expect(await item()).toMatchObject({ status: 'void', version: 1 })
  expect(await parcel()).toBe('absent')
})

test('an order that is cancelled gets no parcel, however late its event', async () => {
  const { table, send, item, parcel } = await startShipping()
  await table.put({ ...orderKey('ord_1'), status: 'CANCELLED', shippingAddress: address })
  expect(await send('create', orderPaid)).toEqual([])
  expect(await parcel()).toBe('absent')
  expect(await send('void', orderCancelled)).toEqual([])
  expect(await item()).toMatchObject({ status: 'void', version: 1 })
  expect(logs.lines().map(({ outcome }) => outcome)).toEqual(['void', 'void'])
})

test('an order that is cancelled later has its parcel voided, once', async () => {
  const { table, send, item, parcel } = await startShipping()
  await send('create', orderPaid)
  await send('void', orderCancelled)
  expect(await item()).toMatchObject({ status: 'void', version: 2 })
  // No event stays in the outbox: a later change of the item would publish it again.
  expect(await item()).not.toHaveProperty('events')
  expect(await parcel()).toBe('void')
  const before = await table.items()
  await send('void', orderCancelled)
  await send('create', orderPaid)
  expect(await table.items()).toEqual(before)
})

test('an order that is cancelled while its parcel is created has none that travels', async () => {
  const { deps, sandbox, send, item, parcel } = await startShipping()
  deps.carrier.create = async (request) => {
    const created = await sandbox.create(request)
    await send('void', orderCancelled)
    return created
  }
  expect(await send('create', orderPaid)).toEqual([])
  expect(await item()).toMatchObject({ status: 'void', version: 1 })
  expect(await parcel()).toBe('void')
})

test('a parcel of an interrupted attempt is voided when the cancellation came in between', async () => {
  const { deps, sandbox, send, item, parcel } = await startShipping()
  deps.carrier.create = async (request) => {
    await send('void', orderCancelled)
    await sandbox.create(request)
    throw new Error('the function timed out')
  }
  expect(await send('create', orderPaid)).toEqual(['m0'])
  expect(await parcel()).toBe('in-transit')
  deps.carrier.create = sandbox.create
  expect(await send('create', orderPaid)).toEqual([])
  expect(await item()).toMatchObject({ status: 'void' })
  expect(await parcel()).toBe('void')
})

test('a carrier that fails to void is asked again', async () => {
  const { deps, sandbox, send, parcel } = await startShipping()
  await send('create', orderPaid)
  deps.carrier.void = () => Promise.reject(new Error('no response'))
  expect(await send('void', orderCancelled)).toEqual(['m0'])
  deps.carrier.void = sandbox.void
  expect(await send('void', orderCancelled)).toEqual([])
  expect(await parcel()).toBe('void')
})

test('a cancellation that comes while the parcel is delivered changes nothing', async () => {
  const { table, clock, send, item, event, parcel } = await startShipping()
  await send('create', orderPaid)
  const created = await event()
  clock.now = new Date(clock.now.getTime() + 3000)
  table.beforeNext('PutItem', async () => void (await send('deliver', created)))
  expect(await send('void', orderCancelled)).toEqual([])
  expect(await item()).toMatchObject({ status: 'delivered', version: 2 })
  expect(await parcel()).toBe('delivered')
})

test('an order without an address fails alone, and creates no parcel', async () => {
  const { table, send, parcel } = await startShipping()
  await table.remove({ PK: 'ORDER#ord_1', SK: 'ORDER' })
  expect(await send('create', orderPaid)).toEqual(['m0'])
  expect(await parcel()).toBe('absent')
})
