import { allowanceOf, billOf, totalOf } from './bill.ts'
import { readPrices } from './prices.ts'
import type { Standing } from './fixed-costs.ts'
import type { Traffic } from './traffic.ts'
import { activities, readUnits, unitNames, type MeasuredUnits } from './units.ts'

const prices = readPrices()

const nothingStands: Standing = {
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  provisionedGb: 0,
  polledQueues: 0,
  logRetentionMonths: 12,
  archiveMonths: 1,
}
/** 12 × 365 / 365 a day is a month's round number: 365 orders. */
const traffic: Traffic = {
  ordersPerDay: 12,
  readsPerOrder: 0,
  ordersPerCustomer: 1,
  newCustomersPerOrder: 0,
  uploadsPerOrder: 0,
  picturesPerRead: 0,
}

const noUnits = Object.fromEntries(unitNames.map((name) => [name, 0])) as MeasuredUnits['units']['order']
const measuredWith = (order: Partial<typeof noUnits>): MeasuredUnits => ({
  measured: { on: '2026-05-01', times: 1, machine: 'a test' },
  customMetrics: 5,
  units: {
    ...(Object.fromEntries(activities.map((activity) => [activity, noUnits])) as MeasuredUnits['units']),
    order: { ...noUnits, ...order },
  },
})

const billed = (units: Partial<typeof noUnits>, standing: Partial<Standing> = {}, more: Partial<Traffic> = {}) =>
  billOf(measuredWith(units), { ...nothingStands, ...standing }, { ...traffic, ...more }, prices)
const usdOf = (lines: ReturnType<typeof billed>, what: string) => lines.find((line) => line.what === what)!.usd

test.each([
  ['writes', { dynamodbWriteUnits: 26 }, 365 * 26 * 0.625e-6],
  ['reads', { dynamodbReadUnits: 7 }, 365 * 7 * 0.125e-6],
  ['duration', { lambdaGbSeconds: 0.2 }, 365 * 0.2 * 0.0000133334],
  ['invocations', { lambdaRequests: 10 }, 365 * 10 * 0.2e-6],
  ['mails', { mails: 1 }, 365 * 0.1e-3],
  ['logs kept', { logBytes: 2 ** 30 }, 365 * 12 * 0.03],
])('%s of all orders of a month', (what, units, usd) => {
  expect(usdOf(billed(units), what)).toBeCloseTo(usd, 10)
})

test.each([
  ['alarms', { alarmMetrics: 20 }, 2],
  ['composite alarms', { compositeAlarms: 2 }, 1],
  ['dashboards', { dashboards: 1 }, 3],
  ['kept ready', { provisionedGb: 5 }, 5 * (365 / 12) * 86_400 * 0.0000033334],
  ['polls of empty queues', { polledQueues: 1 }, 5 * (365 / 12) * 86_400 * (0.4e-6 / 20)],
])('%s are paid though nobody comes', (what, standing, usd) => {
  expect(usdOf(billed({}, standing, { ordersPerDay: 0 }), what)).toBeCloseTo(usd, 8)
})

test('an idle stage pays for what stands and for nothing that happens', () => {
  const idle = billOf(readUnits(), { ...nothingStands, dashboards: 1 }, { ...traffic, ordersPerDay: 0 }, prices)
  expect(totalOf(idle)).toBe(3)
})

/** Traces are sampled, and a metric is paid however often it is written. */
const standing = new Set(['traces', 'custom metrics'])

test('twice the orders cost twice as much, and a customer is paid once', () => {
  const real = (ordersPerDay: number) => billOf(readUnits(), nothingStands, { ...traffic, ordersPerDay }, prices)
  const [once, twice] = [real(10), real(20)].map((lines) => totalOf(lines.filter(({ what }) => !standing.has(what))))
  expect(twice!).toBeCloseTo(2 * once!, 8)
  const users = (ordersPerCustomer: number) => usdOf(billed({}, {}, { ordersPerCustomer }), 'active users')
  expect(users(1)).toBeCloseTo(2 * users(2), 10)
})

test('what is free each month goes off once, however many lines use it', () => {
  const lines = billed({ sqsRequests: 1000 }, { polledQueues: 1 })
  const used = lines.filter(({ service }) => service === 'SQS').reduce((sum, { amount }) => sum + amount, 0)
  expect(used).toBeGreaterThan(1e6)
  const sqsAlone = lines.filter(({ service }) => service === 'SQS')
  expect(allowanceOf(sqsAlone, prices)).toBeCloseTo(0.4, 10)
  expect(allowanceOf(billed({}, { dashboards: 1 }), prices)).toBeLessThanOrEqual(totalOf(billed({}, { dashboards: 1 })))
})

test('every traced request of a quiet shop is paid, and one in twenty of a busy one', () => {
  const traces = (ordersPerDay: number) =>
    billed({ apiRequests: 1 }, {}, { ordersPerDay }).find(({ what }) => what === 'traces')!.amount
  expect(traces(86_400 / 2)).toBeCloseTo(((365 / 12) * 86_400) / 2)
  expect(traces(86_400 * 21)).toBeCloseTo((365 / 12) * 86_400 * 2)
})
