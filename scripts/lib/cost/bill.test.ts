import { allowanceOf, billOf, billRows, totalOf, usageUsd, type Traffic } from './bill.ts'
import type { FixedCosts } from './fixed-costs.ts'
import { activities, readUnits, unitNames, type MeasuredUnits } from './units.ts'

const noFixedCosts: FixedCosts = {
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  secrets: 0,
  provisionedGb: 0,
  polledQueues: 0,
  logRetentionMonths: 12,
  archiveMonths: 1,
  codesPerSignUp: 0,
}
/** 12 orders a day are 365 a month. */
const traffic: Traffic = {
  ordersPerDay: 12,
  readsPerOrder: 0,
  ordersPerCustomer: 1,
  newCustomersPerOrder: 0,
  uploadsPerOrder: 0,
  imagesPerRead: 0,
}

const noUnits = Object.fromEntries(unitNames.map((name) => [name, 0])) as MeasuredUnits['units']['order']
const measuredWith = (order: Partial<typeof noUnits>): MeasuredUnits => ({
  measured: { on: '2026-05-01', times: 1, machine: 'a test' },
  customMetrics: 5,
  units: {
    ...(Object.fromEntries(activities.map((activity) => [activity, noUnits])) as MeasuredUnits['units']),
    order: { ...noUnits, ...order },
  },
  orderReserved: noUnits,
  orderUnderLoad: noUnits,
})

const billed = (units: Partial<typeof noUnits>, fixed: Partial<FixedCosts> = {}, more: Partial<Traffic> = {}) =>
  billOf(measuredWith(units), { ...noFixedCosts, ...fixed }, { ...traffic, ...more })
const usdOf = (lines: ReturnType<typeof billed>, what: string) => lines.find((line) => line.what === what)!.usd

test.each([
  ['writes', { dynamodbWriteUnits: 26 }, 365 * 26 * 0.625e-6],
  ['reads', { dynamodbReadUnits: 7 }, 365 * 7 * 0.125e-6],
  ['duration', { lambdaGbSeconds: 0.2 }, 365 * 0.2 * 0.0000133334],
  ['invocations', { lambdaRequests: 10 }, 365 * 10 * 0.2e-6],
  ['emails', { mails: 1 }, 365 * 0.1e-3],
  ['log storage', { logBytes: 2 ** 30 }, 365 * 12 * 0.03],
])('%s are billed for all orders of a month', (what, units, usd) => {
  expect(usdOf(billed(units), what)).toBeCloseTo(usd, 10)
})

test.each([
  ['alarms', { alarmMetrics: 20 }, 2],
  ['composite alarms', { compositeAlarms: 2 }, 1],
  ['dashboards', { dashboards: 1 }, 3],
  ['secrets', { secrets: 2 }, 0.8],
  ['provisioned concurrency', { provisionedGb: 5 }, 5 * (365 / 12) * 86_400 * 0.0000033334],
  ['polls of empty queues', { polledQueues: 1 }, 5 * (365 / 12) * 86_400 * (0.4e-6 / 20)],
])('%s are billed without any traffic', (what, fixed, usd) => {
  expect(usdOf(billed({}, fixed, { ordersPerDay: 0 }), what)).toBeCloseTo(usd, 8)
})

test('an idle stage is billed for its fixed costs only', () => {
  const idle = billOf(readUnits(), { ...noFixedCosts, dashboards: 1 }, { ...traffic, ordersPerDay: 0 })
  expect(totalOf(idle)).toBe(3)
})

test('codes are billed for each sign-up where SES sends them, beside the emails of the shop', () => {
  const codes = (codesPerSignUp: number) =>
    usdOf(billed({ mails: 1 }, { codesPerSignUp }, { newCustomersPerOrder: 0.2 }), 'codes of sign-ups')
  expect([codes(1), codes(0)]).toEqual([expect.closeTo(365 * 0.2 * 0.1e-3, 10), 0])
})

/** Traces are sampled, and the cost of a metric does not depend on how often it is written. */
const notProportional = new Set(['traces', 'custom metrics'])

test('twice the orders cost twice as much, and each customer is billed once', () => {
  const real = (ordersPerDay: number) => billOf(readUnits(), noFixedCosts, { ...traffic, ordersPerDay })
  const [once, twice] = [real(10), real(20)].map((lines) =>
    totalOf(lines.filter(({ what }) => !notProportional.has(what))),
  )
  expect(twice!).toBeCloseTo(2 * once!, 8)
  const users = (ordersPerCustomer: number) => usdOf(billed({}, {}, { ordersPerCustomer }), 'active users')
  expect(users(1)).toBeCloseTo(2 * users(2), 10)
})

test('a free tier is subtracted once, even if several lines use it', () => {
  const lines = billed({ sqsRequests: 1000 }, { polledQueues: 1 })
  const used = lines.filter(({ service }) => service === 'SQS').reduce((sum, { amount }) => sum + amount, 0)
  expect(used).toBeGreaterThan(1e6)
  const sqsAlone = lines.filter(({ service }) => service === 'SQS')
  expect(allowanceOf(sqsAlone)).toBeCloseTo(0.4, 10)
  expect(allowanceOf(billed({}, { dashboards: 1 }))).toBeLessThanOrEqual(totalOf(billed({}, { dashboards: 1 })))
})

test('all requests are traced at low traffic, and one in twenty at high traffic', () => {
  const traces = (ordersPerDay: number) =>
    billed({ apiRequests: 1 }, {}, { ordersPerDay }).find(({ what }) => what === 'traces')!.amount
  expect(traces(86_400 / 2)).toBeCloseTo(((365 / 12) * 86_400) / 2)
  expect(traces(86_400 * 21)).toBeCloseTo((365 / 12) * 86_400 * 2)
})

test('the bill lists services by cost with their lines, and omits items without cost', () => {
  const line = (service: string, what: string, usd: number) =>
    ({ service, what, amount: 7300, unit: 'email', usd, price: 'sesMail' }) as const
  const lines = [line('SES', 'emails', 0.73), line('S3', 'reads', 0), line('SQS', 'messages', 2)]
  expect(billRows(lines)).toEqual([
    ['SQS', '$2.00'],
    ['  messages', '$2.00', '7,300 × email'],
    ['SES', '$0.73'],
    ['  emails', '$0.73', '7,300 × email'],
  ])
})

test('the price of an order is that of its usage, without its emails', () => {
  const units = { ...noUnits, dynamodbWriteUnits: 40, events: 10, mails: 3, logBytes: 2 ** 20 }
  expect(usageUsd(units)).toBeCloseTo(40 * 0.625e-6 + 10 * 1e-6 + 0.5 / 1024, 10)
})
