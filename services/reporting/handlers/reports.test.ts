import { silence } from '#test/support/captured-logs.ts'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { indexKeys, orderKey } from '#services/orders/keys.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { PaymentRefunded } from '#services/payments/events.ts'
import { paymentKey } from '#services/payments/keys.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { euros } from '#shared/money.ts'
import { idOf } from '#shared/ids.ts'
import { callApi } from '#test/support/api-event.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { orderState } from '#test/support/order-event.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { refundTable } from '../adapters/refund-table.ts'
import { reportBucket } from '../adapters/report-bucket.ts'
import { reportTable } from '../adapters/report-table.ts'
import { salesTable } from '../adapters/sales-table.ts'
import { listReportsHandler } from './list-reports.ts'
import { makeDailyReportHandler } from './make-daily-report.ts'
import { recordRefundsHandler } from './record-refunds.ts'

silence()

let buckets: TestBuckets
let table: TestTable
beforeEach(async () => {
  buckets = await startTestBuckets('reports')
  table = await createTestTable()
})
afterEach(() => buckets.stop())

const timeZone = 'Europe/Dublin'

const make = (scheduledAt: string) =>
  makeDailyReportHandler({
    sales: salesTable(table),
    files: reportBucket(buckets.client, 'reports'),
    refunds: refundTable(table),
    reports: reportTable(table),
    timeZone,
    now: () => new Date(scheduledAt),
  })({ scheduledAt })

async function place(time: string, fields: Parameters<typeof orderState>[0] = {}): Promise<string> {
  const orderId = idOf('ord', time)
  const order = orderState({ orderId, status: 'PAID', placedAt: time, ...fields })
  await table.put({ ...orderKey(orderId), ...indexKeys(order), ...order, shippingAddress: { name: 'Ada' } })
  return orderId
}

const file = async (Key: string) =>
  (await buckets.client.send(new GetObjectCommand({ Bucket: 'reports', Key }))).Body!.transformToString()
const list = (query: Record<string, string> = {}, now = new Date('2026-11-28T06:00:00Z')) => {
  const files = reportBucket(buckets.client, 'reports')
  return callApi(listReportsHandler({ reports: reportTable(table), files, now: () => now }), { staff: 'sam', query })
}

const refunded = (refundId: string, time: string, cents: number) => {
  const [orderId = '', version] = refundId.split('/')
  return createEvent(PaymentRefunded, {
    aggregateId: orderId,
    aggregateVersion: Number(version),
    time: new Date(time),
    cause: { correlationId: 'c-1', causationId: 'r-1' },
    data: { orderId, paymentId: 'pay_1', refundId, amount: euros(cents), refunded: euros(cents) },
  })
}
const refund = (...events: ReturnType<typeof refunded>[]) =>
  recordRefundsHandler(refundTable(table))(queueEvent(events))

test('the report has the orders of the shop’s day, also over a change of months, and no others', async () => {
  await place('2026-07-30T22:59:59.999Z')
  const first = await place('2026-07-30T23:00:00.000Z')
  const last = await place('2026-07-31T22:59:59.999Z')
  await place('2026-07-31T23:00:00.000Z')
  await make('2026-08-01T04:00:00Z')
  const lines = (await file('sales/2026-07-31.csv')).trim().split('\r\n').slice(1)
  expect(lines.map((line) => line.split(',')[2])).toEqual([first, last])
  expect(await file('sales/2026-07-31.html')).toContain('Sales of 2026-07-31')
})

test('all orders of a day are read, page by page', async () => {
  for (let count = 0; count < 230; count += 1) await place(new Date(Date.UTC(2026, 10, 27, 9, 0, count)).toISOString())
  await make('2026-11-28T05:00:00Z')
  expect((await list()).body.items).toMatchObject([{ day: '2026-11-27', orders: 230, revenue: euros(46_000) }])
  const read = table.requests('BatchGetItem').flatMap(({ RequestItems }) => Object.values<any>(RequestItems)[0].Keys)
  expect(read).toHaveLength(230)
  const placed = await file('sales/2026-11-27.csv')
  const times = placed.split('\r\n').flatMap((line) => (line.startsWith('sale,') ? line.split(',')[1]! : []))
  expect(times).toHaveLength(230)
  expect(times).toEqual(times.toSorted())
  // Eight partitions, none of which has a second page.
  expect(table.requests('Query').filter(({ IndexName }) => IndexName === 'GSI2')).toHaveLength(8)
})

test('a cancelled order counts when its payment was captured, also while its refund is pending', async () => {
  const times = ['10:00', '11:00', '12:00'].map((time) => `2026-11-27T${time}:00.000Z`)
  const [captured, declined] = await Promise.all(times.map((time) => place(time, { status: 'CANCELLED' })))
  await table.put({ ...paymentKey(captured!), status: 'captured' })
  await table.put({ ...paymentKey(declined!), status: 'declined' })
  await make('2026-11-28T05:00:00Z')
  expect((await list()).body.items).toMatchObject([{ orders: 1, revenue: euros(200) }])
  expect(await file('sales/2026-11-27.csv')).toContain(captured)
})

test('a late report is that of the day it was meant for', async () => {
  await place('2026-11-27T12:00:00.000Z')
  await make('2026-11-28T05:00:00Z')
  expect((await list()).body.items).toMatchObject([{ day: '2026-11-27', orders: 1 }])
})

test('a report that is made again has newer figures, and is published once', async () => {
  await make('2026-11-28T05:00:00Z')
  const events = () => table.items().then((items) => items.filter(({ events: outbox }) => outbox !== undefined))
  expect(await events()).toMatchObject([{ eventId: 'ReportReady/2026-11-27/1' }])
  await place('2026-11-27T12:00:00.000Z')
  await make('2026-11-28T05:00:00Z')
  expect((await list()).body.items).toMatchObject([{ day: '2026-11-27', orders: 1 }])
  expect(await events()).toEqual([])
})

test('a refund counts once, for the day on which it was made, whenever the report is made', async () => {
  await place('2026-07-01T12:00:00.000Z', { status: 'REFUNDED', refunded: euros(200) })
  const before = refunded('ord_1/5', '2026-07-30T22:59:59.999Z', 100)
  const inside = refunded('ord_2/5', '2026-07-30T23:00:00.000Z', 200)
  const again = refunded('ord_2/8', '2026-07-31T22:59:59.999Z', 50)
  const after = refunded('ord_3/5', '2026-07-31T23:00:00.000Z', 400)
  await refund(before, inside, again, after)
  await refund(inside)
  const files: string[] = []
  for (let times = 0; times < 2; times += 1) {
    await make('2026-08-01T04:00:00Z')
    files.push(await file('sales/2026-07-31.csv'))
    await refund(refunded('ord_4/5', '2026-08-03T12:00:00.000Z', 1))
  }
  expect(files[1]).toBe(files[0])
  expect((await list()).body.items).toMatchObject([{ day: '2026-07-31', orders: 0, refunded: euros(250) }])
})

test('staff list the reports, newest first, with links that work', async () => {
  for (const day of ['26', '27', '28']) await make(`2026-11-${day}T05:00:00Z`)
  const first = (await list({ limit: '2' })).body
  expect(first.items.map(({ day }: any) => day)).toEqual(['2026-11-27', '2026-11-26'])
  expect(await (await fetch(first.items[0].csv)).text()).toMatch(/^type,time,/)
  expect(await (await fetch(first.items[0].html)).text()).toContain('Sales of 2026-11-27')
  const second = (await list({ limit: '2', cursor: first.nextCursor })).body
  expect(second.items.map(({ day }: any) => day)).toEqual(['2026-11-25'])
  expect(second.nextCursor).toBeUndefined()
})

test('a report is listed for two years, as long as its files are kept', async () => {
  await make('2026-11-28T05:00:00Z')
  expect((await list({}, new Date('2028-11-27T04:59:59Z'))).body.items).toHaveLength(1)
  expect((await list({}, new Date('2028-11-27T05:00:00Z'))).body.items).toEqual([])
})

test('an event without the time at which it was due fails', async () => {
  await expect(make('')).rejects.toThrow('scheduledAt')
})
