import { signatureOf } from '#shared/http/webhook.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { receiveWebhookHandler } from './deliver-shipment.ts'
import { noon, orderCancelled, orderPaid, startShipping } from './shipping.fixture.ts'

const logs = capturedLogs()
const secret = 'the key of the stage'
const delivered = () => logs.lines().flatMap((line) => line['ShipmentsDelivered'] ?? [])

async function start() {
  const shipping = await startShipping()
  await shipping.send('create', orderPaid)
  const handler = receiveWebhookHandler({ ...shipping.deps, secret: async () => secret })
  return {
    ...shipping,
    created: await shipping.event(),
    report(body: object | string, { signedAt = shipping.clock.now, key = secret, signature = '' } = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const headers = { 'carrier-signature': signature || signatureOf(text, { secret: key, time: signedAt }) }
      return callApi(handler, { method: 'POST', body: text, headers })
    },
  }
}

const arrived = (reference = 'ord_1') => ({ id: 'rep_1', type: 'parcel.delivered', data: { reference } })
const received = { status: 200, body: { received: true } }
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000)

test("the sandbox's parcel is delivered after its time, in one write with the event", async () => {
  const { clock, created, send, item, event, table } = await start()
  clock.now = later(2)
  expect(await send('deliver', created)).toEqual(['m0'])
  expect(await item()).toMatchObject({ status: 'created' })
  clock.now = later(3)
  const puts = table.calls('PutItem')
  expect(await send('deliver', created)).toEqual([])
  expect(table.calls('PutItem') - puts).toBe(1)
  expect(await item()).toMatchObject({ status: 'delivered', version: 2, updatedAt: later(3).toISOString() })
  expect(await event()).toMatchObject({
    type: 'ShipmentDelivered',
    metadata: { id: 'ShipmentDelivered/shp_1/2', causationId: 'ShipmentCreated/shp_1/1' },
    data: { orderId: 'ord_1', shipmentId: 'shp_1' },
  })
  const before = await table.items()
  expect(await send('deliver', created)).toEqual([])
  expect(await table.items()).toEqual(before)
  expect(delivered()).toEqual([1])
})

test('the parcel of a cancelled order is not delivered, by the sandbox or by a report', async () => {
  const { clock, created, send, item, report } = await start()
  await send('void', orderCancelled)
  clock.now = later(3)
  expect(await send('deliver', created)).toEqual([])
  expect(await report(arrived())).toMatchObject(received)
  expect(await item()).toMatchObject({ status: 'void', version: 2 })
})

test("the carrier's report delivers, once, with the request as the cause", async () => {
  const { report, event, table, clock, created, send } = await start()
  expect(await report(arrived())).toMatchObject(received)
  expect(await event()).toMatchObject({ type: 'ShipmentDelivered', metadata: { causationId: 'lambda-request' } })
  const before = await table.items()
  expect(await report(arrived())).toMatchObject(received)
  clock.now = later(3)
  expect(await send('deliver', created)).toEqual([])
  expect(await table.items()).toEqual(before)
  expect(delivered()).toEqual([1])
  expect(logs.lines()).toContainEqual(expect.objectContaining({ order_id: 'ord_1', report_id: 'rep_1' }))
})

test.each([
  ['an old signature', arrived(), { signedAt: later(-301) }, 401],
  ['one from the future', arrived(), { signedAt: later(301) }, 401],
  ['the signature of another key', arrived(), { key: 'another' }, 401],
  ['the signature of another body', arrived(), { signature: signatureOf('{}', { secret, time: noon }) }, 401],
  ['no signature', arrived(), { signature: 'none' }, 401],
  ['a body that is no JSON, wrongly signed', '{', { key: 'another' }, 401],
  ['a body that is no JSON', '{', {}, 400],
  ['a body without a reference', { id: 'rep_1', type: 'parcel.delivered', data: {} }, {}, 422],
  ['another type', { ...arrived(), type: 'parcel.scanned' }, {}, 200],
  ['an unknown order', arrived('ord_2'), {}, 200],
])('a report with %s changes nothing', async (_, body, how, status) => {
  const { report, table } = await start()
  const before = await table.items()
  expect(await report(body, how)).toMatchObject({ status })
  expect(await table.items()).toEqual(before)
})
