import { reservations, type MailSettings } from '#infra/stage-settings.ts'
import { stageNames, stageOf } from '#infra/stages.ts'
import { maxListReadUnits } from '#services/catalog/adapters/product-table.ts'
import { activities, readUnits, unitNames, type MeasuredUnits } from '../cost/units.ts'
import { checkHotItem, checkMailPollers, checkSignUps, checkThrottle, checkWarmth } from './capacity-report.ts'
import { capacityOf, sizedFor, type Capacity } from './capacity.ts'

/** All units are 0 except those that a test sets. */
function unitsOf(some: Partial<Record<(typeof activities)[number], object>>): Pick<MeasuredUnits, 'units'> {
  const nothing = Object.fromEntries(unitNames.map((name) => [name, 0]))
  const units = Object.fromEntries(activities.map((activity) => [activity, { ...nothing, ...some[activity] }]))
  return { units: units as MeasuredUnits['units'] }
}

const stage = {
  expectedPeak: {
    customersPerDay: 10_000,
    customersPerHour: 3600,
    busiestSecond: 2,
    ordersPerCustomer: 3,
    readsPerCustomer: 8,
  },
  throttle: {
    reads: { requestsPerSecond: 50, burstRequests: 1 },
    publicLists: { requestsPerSecond: 10, burstRequests: 1 },
    writes: { requestsPerSecond: 40, burstRequests: 1 },
    staff: { requestsPerSecond: 1, burstRequests: 1 },
  },
  reservation: reservations.everyday,
  mail: { from: 'orders@shop.example', identity: 'shop.example', mode: 'simulator', ratePerSecond: 1 } as MailSettings,
}

test('the peak is the load of the busiest second, and the throttles limit the admitted load', () => {
  const { peak, admitted } = capacityOf(stage, unitsOf({}))
  expect(peak).toEqual({ orders: 6, signUps: 2, productLists: 4, quotes: 6, products: 12 })
  expect(admitted).toEqual({ orders: 40, signUps: 2, productLists: 10, quotes: 10, products: 50 })
})

test('the demand is the sum of the units of each activity', () => {
  const units = unitsOf({
    order: { dynamodbWriteUnits: 10, dynamodbReadUnits: 1, lambdaRequests: 5, events: 2, mails: 1 },
    signUp: { dynamodbWriteUnits: 3, lambdaRequests: 1, events: 1, mails: 1 },
    productList: { dynamodbReadUnits: 12, lambdaRequests: 1 },
    product: { dynamodbReadUnits: 0.5, lambdaRequests: 1 },
  })
  const capacity = capacityOf(stage, units)
  expect(capacity.peakDemand).toEqual({
    tableWrites: 6 * 10 + 2 * 3,
    tableReads: 6 + (4 + 6) * 12 + 12 / 2,
    // 0.1 s for each invocation that writes, half of it for one that reads: 3 + 0.2 + 0.5 + 0.6, rounded up.
    concurrency: 5,
    events: 6 * 2 + 2,
  })
  expect(capacity.admittedDemand.tableWrites).toBe(40 * 10 + 2 * 3)
  // A caller may choose the most expensive list, and the most expensive quote.
  expect(capacity.admittedDemand.tableReads).toBe(40 + (10 + 10) * maxListReadUnits + 50 / 2)
  expect([capacity.mailsPerSecond, capacity.mailsPerDay]).toEqual([4, 40_000])
  // Codes of sign-ups go through SES in mode ses: in the busiest second, since no queue delays them, and once a customer.
  const withCodes = capacityOf({ ...stage, mail: { ...stage.mail, mode: 'ses' } }, units)
  expect([withCodes.codesPerSecond, withCodes.mailsPerSecond, withCodes.mailsPerDay]).toEqual([2, 6, 50_000])
  expect(sizedFor({}, capacity)).toBe(capacity.peakDemand)
  expect(sizedFor({ warmThroughput: { readsPerSecond: 1, writesPerSecond: 1 } }, capacity)).toBe(
    capacity.admittedDemand,
  )
})

describe('checks of a peak', () => {
  const capacity: Capacity = {
    peak: { orders: 10, signUps: 1, productLists: 5, quotes: 10, products: 20 },
    peakDemand: { tableReads: 100, tableWrites: 4000, concurrency: 1, events: 1 },
    admitted: { orders: 40, signUps: 1, productLists: 50, quotes: 50, products: 50 },
    admittedDemand: { tableReads: 15_000, tableWrites: 9000, concurrency: 1, events: 1 },
    codesPerSecond: 10,
    shopMailsPerSecond: 25,
    mailsPerSecond: 35,
    mailsPerDay: 1,
    hotItemOrders: 10,
  }
  const states = (check: (capacity: Capacity) => { state: string }, ...capacities: Capacity[]) =>
    capacities.map((each) => check(each).state)

  test('the pollers send the emails as fast as they arise, or not', () => {
    const paced = (ratePerSecond: number) => ({
      expectedPeak: { ...stage.expectedPeak, customersPerHour: 3600, busiestSecond: 10 },
      mail: { ...stage.mail, mode: 'ses' as const, ratePerSecond },
    })
    expect([29, 40, 1].map((rate) => checkMailPollers(paced(rate), capacity).state)).toEqual([
      'warning',
      'ok',
      'warning',
    ])
    // Two pollers, the least, could send thirty.
    const few = { ...capacity, shopMailsPerSecond: 5 }
    expect([14, 15].map((rate) => checkMailPollers(paced(rate), few).state)).toEqual(['warning', 'ok'])
  })

  test('the throttles admit it, or not', () => {
    const more = (fields: Partial<Capacity['peak']>) => ({ ...capacity, peak: { ...capacity.peak, ...fields } })
    const check = (each: Capacity) => checkThrottle(stage, each)
    expect(states(check, capacity, more({ orders: 41 }), more({ products: 51 }), more({ productLists: 11 }))).toEqual([
      'ok',
      'warning',
      'warning',
      'warning',
    ])
  })

  test('the warm throughput suffices from the start, or not', () => {
    const cold = (each: Capacity) => checkWarmth({}, each)
    const colder = { ...capacity, peakDemand: { ...capacity.peakDemand, tableWrites: 4001 } }
    expect(states(cold, capacity, colder)).toEqual(['ok', 'warning'])
    const warm = (writesPerSecond: number, readsPerSecond: number) =>
      checkWarmth({ warmThroughput: { readsPerSecond, writesPerSecond } }, capacity).state
    expect([warm(9000, 15_000), warm(8999, 15_000), warm(9000, 14_999)]).toEqual(['ok', 'warning', 'warning'])
  })

  test('the user pool takes the sign-ups with its default quota, or not', () => {
    const signingUp = (signUps: number) => ({ ...capacity, peak: { ...capacity.peak, signUps } })
    expect(states(checkSignUps, signingUp(25), signingUp(26))).toEqual(['ok', 'warning'])
  })

  test('one SKU can be sold at the peak rate, or not', () => {
    expect(states(checkHotItem, capacity, { ...capacity, hotItemOrders: 9 })).toEqual(['ok', 'warning'])
  })
})

test.each(stageNames)('the settings of %s suffice for its own peak', (name) => {
  const record = stageOf(name)
  const capacity = capacityOf(record, readUnits())
  expect([checkThrottle(record, capacity), checkWarmth(record, capacity), checkHotItem(capacity)]).toMatchObject([
    { state: 'ok' },
    { state: 'ok' },
    { state: 'ok' },
  ])
})
