import { euros } from '#shared/money.ts'
import { linesOf, orderState } from '#test/support/order-event.ts'
import { ReportReady } from '../events.ts'
import { csvOf } from './csv.ts'
import { clockOf, dayBefore } from './day.ts'
import { pageOf } from './page.ts'
import { readyEvent, salesOf } from './report.ts'

const timeZone = 'Europe/Dublin'
const iso = (time: Date) => time.toISOString()

describe('the day before a time', () => {
  test.each([
    ['in winter', '2026-11-28T05:00:00Z', '2026-11-27', '2026-11-27T00:00:00.000Z', '2026-11-28T00:00:00.000Z'],
    ['in summer', '2026-07-10T04:00:00Z', '2026-07-09', '2026-07-08T23:00:00.000Z', '2026-07-09T23:00:00.000Z'],
    ['of 23 hours', '2026-03-30T04:00:00Z', '2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
    ['of 25 hours', '2026-10-26T05:00:00Z', '2026-10-25', '2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'],
    ['before a new year', '2027-01-01T05:00:00Z', '2026-12-31', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('%s', (_, time, date, from, to) => {
    const day = dayBefore(new Date(time), timeZone)
    expect([day.date, iso(day.from), iso(day.to)]).toEqual([date, from, to])
  })

  test.each([
    ['Pacific/Kiritimati', '2026-11-27T10:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-26T18:15:00.000Z'],
    ['America/St_Johns', '2026-11-27T03:30:00.000Z'],
  ])('begins at midnight in %s', (zone, from) => {
    const day = dayBefore(new Date(Date.parse(from) + 30 * 3_600_000), zone)
    expect(iso(day.from)).toBe(from)
    expect(clockOf(zone)(day.from)).toBe(0)
  })

  test('is found with one formatter, which takes longer to create than to use', () => {
    const created = jest.spyOn(Intl, 'DateTimeFormat')
    try {
      dayBefore(new Date('2026-01-02T05:00:00Z'), timeZone)
      expect(created).toHaveBeenCalledTimes(1)
    } finally {
      created.mockRestore()
    }
  })

  test('the days of a year follow each other without a gap', () => {
    let to = dayBefore(new Date('2026-01-02T05:00:00Z'), timeZone).to
    for (let count = 0; count < 365; count += 1) {
      const next = dayBefore(new Date(to.getTime() + 30 * 3_600_000), timeZone)
      expect(next.from).toEqual(to)
      to = next.to
    }
  })
})

const day = dayBefore(new Date('2026-11-28T05:00:00Z'), timeZone)
const sale = (orderId: string, fields: Parameters<typeof orderState>[0] = {}, isCaptured = false) => ({
  ...orderState({ orderId, status: 'DELIVERED', placedAt: '2026-11-27T09:30:00.000Z', ...fields }),
  isCaptured,
})
const of = (...orders: ReturnType<typeof sale>[]) =>
  salesOf(day, { orders, refunds: [] }, { timeZone, madeAt: new Date('2026-11-28T05:00:01Z') })

describe('the sales of a day', () => {
  test.each([
    ['PLACED', false, 0],
    ['RESERVED', false, 0],
    ['REJECTED', false, 0],
    ['PAYMENT_FAILED', false, 0],
    ['CANCELLED', false, 0],
    ['CANCELLED', true, 1],
    ['PAID', false, 1],
    ['SHIPPED', false, 1],
    ['DELIVERED', false, 1],
    ['RETURN_REQUESTED', false, 1],
    ['REFUNDED', false, 1],
  ] as const)('an order that is %s, with a captured payment: %s, counts %i times', (status, isCaptured, count) => {
    const { report } = of(sale('a', { status }, isCaptured))
    expect(report).toEqual({
      day: '2026-11-27',
      orders: count,
      revenue: euros(count * 200),
      refunded: euros(0),
      madeAt: '2026-11-28T05:00:01.000Z',
    })
  })

  test('products are added up over the orders, the best-selling first', () => {
    const { products } = of(
      sale('a', { items: linesOf([{ sku: 'MUG', quantity: 2 }]) }),
      sale('b', {
        items: [...linesOf([{ sku: 'MUG', quantity: 1 }]), ...linesOf([{ sku: 'POT', quantity: 1 }], euros(900))],
      }),
    )
    expect(products).toEqual([
      { sku: 'POT', name: 'The POT', pieces: 1, revenue: euros(900) },
      { sku: 'MUG', name: 'The MUG', pieces: 3, revenue: euros(300) },
    ])
  })

  test('the hours are those of the shop’s clock, and add up to the revenue', () => {
    const summer = dayBefore(new Date('2026-07-10T04:00:00Z'), timeZone)
    const placedAt = '2026-07-09T09:30:00.000Z'
    const { hours, report } = salesOf(
      summer,
      { orders: [sale('a', { placedAt })], refunds: [] },
      { timeZone, madeAt: new Date() },
    )
    expect(hours[10]).toEqual(euros(200))
    expect(hours.reduce((total, { amount }) => total + amount, 0)).toBe(report.revenue.amount)
  })
})

test('the report of 100,000 orders creates one clock', () => {
  const created = jest.spyOn(Intl, 'DateTimeFormat')
  try {
    const placedAt = (index: number) => new Date(day.from.getTime() + index * 860).toISOString()
    const orders = Array.from({ length: 100_000 }, (_, index) => sale(`ord_${index}`, { placedAt: placedAt(index) }))
    const { report, hours } = of(...orders)
    expect([report.orders, hours.reduce((total, { amount }) => total + amount, 0)]).toEqual([100_000, 20_000_000])
    expect(created).toHaveBeenCalledTimes(1)
  } finally {
    created.mockRestore()
  }
})

test('the CSV has a line for each order and refund, with amounts in euros that add up to what came in', () => {
  const time = '2026-11-27T10:00:00.000Z'
  const sales = salesOf(
    day,
    {
      orders: [sale('ord_1', { shipping: euros(990), total: euros(1190) }), sale('ord_2', { status: 'PLACED' })],
      refunds: [{ refundId: 'ord_0/7', orderId: 'ord_0', amount: euros(450), time }],
    },
    { timeZone, madeAt: new Date('2026-11-28T05:00:01Z') },
  )
  expect(csvOf(sales)).toBe(
    'type,time,orderId,orderType,pieces,subtotal,discount,shipping,taxIncluded,amount\r\n' +
      'sale,2026-11-27T09:30:00.000Z,ord_1,standard,2,2.00,0.00,9.90,0.00,11.90\r\n' +
      `refund,${time},ord_0,,,,,,,-4.50\r\n`,
  )
  expect([sales.report.revenue, sales.report.refunded]).toEqual([euros(1190), euros(450)])
})

describe('the page', () => {
  test('has the figures, a bar for each hour and the products, and loads nothing', () => {
    const page = pageOf(of(sale('a', { items: linesOf([{ sku: 'MUG', quantity: 3 }]) })))
    expect(page).toContain('€3.00')
    expect(page).toContain('The MUG')
    expect(page.match(/<rect/g)).toHaveLength(24)
    expect(page).not.toMatch(/<script|<link|src=|href=|url\(/)
  })

  test('escapes the names of products', () => {
    const items = linesOf([{ sku: 'MUG', quantity: 1 }]).map((line) => ({ ...line, name: '<img src=x>' }))
    expect(pageOf(of(sale('a', { items })))).not.toContain('<img')
  })

  test('of a day without sales says so', () => {
    expect(pageOf(of())).toContain('Nothing was sold.')
  })
})

test('the event of a day has the same id, whenever its report is made', () => {
  const { report } = of(sale('a'))
  const event = readyEvent(report)
  expect(event.metadata.id).toBe('ReportReady/2026-11-27/1')
  expect(ReportReady.data.parse(event.data)).toEqual(event.data)
  expect(readyEvent({ ...report, orders: 7, madeAt: '2026-11-29T00:00:00.000Z' }).metadata.id).toBe(event.metadata.id)
})
