import { orderKey } from '#services/orders/keys.ts'
import { callApi } from '#test/support/api-event.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { orderState } from '#test/support/order-event.ts'
import { address } from '#test/support/shop.ts'
import { silence } from '#test/support/captured-logs.ts'
import { createTestTable } from '#test/support/table.ts'
import { documentBucket } from '../adapters/document-bucket.ts'
import { documentOrders } from '../adapters/order-table.ts'
import { shipmentTable } from '../adapters/shipment-table.ts'
import { cancel, create } from '../domain/shipment.ts'
import { adminGetInvoiceHandler, adminGetLabelHandler, getInvoiceHandler } from './documents.ts'

silence()

let buckets: TestBuckets
beforeEach(async () => {
  buckets = await startTestBuckets('documents')
})
afterEach(() => buckets.stop())

const orderId = 'ord_01KAHZ3V8G5WQ2N7R4X6T9B0CD'
const time = new Date('2026-11-20T12:00:00.000Z')
const cause = { correlationId: 'c', causationId: 'e' }
const parcel = { orderId, shipmentId: 'shp_1', orderType: 'standard', trackingNumber: 'SBX9', carrier: 'x' } as const

async function start(status: 'RESERVED' | 'PAID' | 'SHIPPED' = 'SHIPPED') {
  const table = await createTestTable()
  await table.put({ ...orderKey(orderId), ...orderState({ orderId, status }), shippingAddress: address })
  const printed: object[] = []
  const deps = {
    orders: documentOrders(table),
    shipments: shipmentTable(table),
    files: documentBucket(buckets.client, 'documents'),
    printer: {
      async print(content: object) {
        printed.push(content)
        return Buffer.from('%PDF')
      },
    },
    timeZone: 'Europe/Dublin',
  }
  const get = (handler: Parameters<typeof callApi>[0], id = orderId, customer = 'ada') =>
    callApi(handler, { parameters: { orderId: id }, customer })
  return {
    table,
    printed,
    shipments: deps.shipments,
    label: (id?: string) => get(adminGetLabelHandler(deps), id),
    staffInvoice: (id?: string) => get(adminGetInvoiceHandler(deps), id),
    invoice: (customer?: string) => get(getInvoiceHandler(deps), orderId, customer),
  }
}

test('a label waits at an address for five minutes', async () => {
  const { label, shipments, printed } = await start()
  await shipments.save(create(parcel, { time, cause }))
  const { status, headers, body } = await label()
  expect(status).toBe(200)
  expect(headers['cache-control']).toBe('private, no-store')
  expect(printed).toMatchObject([{ kind: 'label', trackingNumber: 'SBX9' }])
  const file = await fetch(body.url)
  expect(file.headers.get('content-type')).toBe('application/pdf')
  expect(await file.text()).toBe('%PDF')
  expect(await buckets.keys('documents')).toEqual([`labels/${orderId}.pdf`])
  buckets.advance(301_000)
  expect((await fetch(body.url)).status).toBe(403)
})

test('an order without a parcel, or with a void one, has no label', async () => {
  const { label, shipments, printed } = await start('PAID')
  expect(await label()).toMatchObject({ status: 409, body: { code: 'no-shipment' } })
  await shipments.save(cancel(undefined, orderId, time)!)
  expect(await label()).toMatchObject({ status: 409, body: { code: 'no-shipment' } })
  expect(printed).toEqual([])
})

test('a customer and staff get the invoice of a paid order', async () => {
  const { invoice, staffInvoice, printed } = await start('PAID')
  for (const { status, body } of [await invoice(), await staffInvoice()]) {
    expect(status).toBe(200)
    expect((await fetch(body.url)).status).toBe(200)
  }
  expect(printed).toMatchObject([{ kind: 'invoice' }, { kind: 'invoice' }])
})

test('an order that is not paid has no invoice', async () => {
  const { invoice, staffInvoice } = await start('RESERVED')
  for (const response of [await invoice(), await staffInvoice()]) {
    expect(response).toMatchObject({ status: 409, body: { code: 'no-invoice' } })
  }
})

test("another customer's order, an unknown one and a malformed id are the same 404", async () => {
  const { invoice, staffInvoice, label, table } = await start()
  const responses = [
    await invoice('bob'),
    await staffInvoice('ord_01KAHZ3V8G5WQ2N7R4X6T9B0CE'),
    await label('ord_01KAHZ3V8G5WQ2N7R4X6T9B0CE'),
    await label('x'.repeat(5000)),
  ]
  for (const { status, body } of responses) expect([status, body.detail]).toEqual([404, 'The order does not exist.'])
  expect(await buckets.keys('documents')).toEqual([])
  expect(table.calls('BatchGetItem')).toBe(3)
})
