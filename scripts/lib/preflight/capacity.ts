import type { Stage, StageSettings } from '#infra/stages.ts'
import type { Activity, MeasuredUnits } from '../cost/units.ts'

/** What happens in one second. */
export interface Load {
  readonly orders: number
  readonly signUps: number
  readonly productLists: number
  readonly products: number
}

/** What it takes to serve a load, each by the second, and environments of Lambda at work at the same time. */
export interface Demand {
  readonly tableReads: number
  readonly tableWrites: number
  readonly concurrency: number
  readonly events: number
}

export interface Capacity {
  /** The busiest second of the expected peak. */
  readonly peak: Load
  readonly peakDemand: Demand
  /** What the throttles let in at most. */
  readonly admitted: Load
  readonly admittedDemand: Demand
  /** Queues level the mails of an hour out. */
  readonly mailsPerSecond: number
  readonly mailsPerDay: number
  /** Orders a second for the one thing that everybody wants. */
  readonly hotItemOrders: number
}

/**
 * How long an invocation takes on AWS. Assumed on the safe side, since a laptop's durations lack the network; the
 * stage's dashboard shows the true ones.
 */
export const assumed = { writeMs: 100, readMs: 50 } as const

/** What a new table takes that is paid by request (docs/capacity.md names the source). */
export const newTable = { reads: 12_000, writes: 4000 } as const

/** A partition of the table writes so many units a second, and a transaction costs two for each. */
const partitionTransactions = 1000 / 2

/** Orders that inventory decides at once: the batch of its queue, in infra/constructs/event-consumer.ts. */
export const reservationBatch = 10

/** For each product list somebody looks at three products, as in scripts/lib/cost/traffic.ts. */
const listShare = 1 / 4

type Settings = Pick<StageSettings, 'expectedPeak' | 'throttle'>

export function capacityOf({ expectedPeak, throttle }: Settings, { units }: Pick<MeasuredUnits, 'units'>): Capacity {
  const { customersPerDay, customersPerHour, busiestSecond, ordersPerCustomer, readsPerCustomer } = expectedPeak
  const customers = (customersPerHour / 3600) * busiestSecond
  const peak: Load = {
    orders: customers * ordersPerCustomer,
    signUps: customers,
    productLists: customers * readsPerCustomer * listShare,
    products: customers * readsPerCustomer * (1 - listShare),
  }
  // Each route has its own limit; a list is the dearest read. Sign-ups do not come through the API.
  const reads = throttle.reads.requestsPerSecond
  const admitted: Load = {
    orders: throttle.writes.requestsPerSecond,
    signUps: customers,
    productLists: reads,
    products: reads,
  }
  const mailsPerCustomer = units.signUp.mails + ordersPerCustomer * units.order.mails
  return {
    peak,
    peakDemand: demandOf(peak, units),
    admitted,
    admittedDemand: demandOf(admitted, units),
    mailsPerSecond: Math.ceil((customersPerHour / 3600) * mailsPerCustomer),
    mailsPerDay: Math.ceil(customersPerDay * mailsPerCustomer),
    // Transactions on one item exclude each other: one after the other, a batch each.
    hotItemOrders: Math.min(1000 / assumed.writeMs, partitionTransactions) * reservationBatch,
  }
}

function demandOf({ orders, signUps, productLists, products }: Load, units: MeasuredUnits['units']): Demand {
  const doings: readonly (readonly [Activity, number, number])[] = [
    ['order', orders, assumed.writeMs],
    ['signUp', signUps, assumed.writeMs],
    ['productList', productLists, assumed.readMs],
    ['product', products, assumed.readMs],
  ]
  const sum = (each: (of: MeasuredUnits['units'][Activity], durationMs: number) => number) =>
    Math.ceil(
      doings.reduce((total, [activity, times, durationMs]) => total + times * each(units[activity], durationMs), 0),
    )
  return {
    tableReads: sum((of) => of.dynamodbReadUnits),
    tableWrites: sum((of) => of.dynamodbWriteUnits),
    concurrency: sum((of, durationMs) => of.lambdaRequests * (durationMs / 1000)),
    events: sum((of) => of.events),
  }
}

/** A stage with warm throughput is made for all that its throttles let in, and any other for its peak. */
export const promised = (stage: Pick<Stage, 'warmThroughput'>, { peakDemand, admittedDemand }: Capacity): Demand =>
  stage.warmThroughput ? admittedDemand : peakDemand
