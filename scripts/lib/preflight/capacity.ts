import { codesPerSecond } from '#infra/mail-rate.ts'
import type { StageSettings } from '#infra/stage-settings.ts'
import type { Stage } from '#infra/stages.ts'
import { maxListReadUnits } from '#services/catalog/adapters/product-table.ts'
import type { Activity, MeasuredUnits } from '../cost/units.ts'

/** Requests in one second. */
export interface Load {
  readonly orders: number
  readonly signUps: number
  readonly productLists: number
  /** As expensive as a list. */
  readonly quotes: number
  readonly products: number
}

/** The demand of a load: units and events per second, and concurrent executions of Lambda. */
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
  /** The maximum that the throttles admit. */
  readonly admitted: Load
  readonly admittedDemand: Demand
  /** Codes of sign-ups, which the user pool sends through SES in mode `ses`, in the busiest second. */
  readonly codesPerSecond: number
  /** Emails about events: a queue spreads those of an hour evenly. */
  readonly shopMailsPerSecond: number
  /** Both, through SES. */
  readonly mailsPerSecond: number
  readonly mailsPerDay: number
  /** Orders per second for one SKU. */
  readonly hotItemOrders: number
}

/**
 * Duration of an invocation on AWS. A conservative assumption, since durations on a laptop do not include the network;
 * the stage's dashboard shows the actual durations. A reservation is the part of its invocation that excludes others
 * from the same stock, with what conflicts cost: `npm run bench -- hot-item` has more orders per second.
 */
export const assumed = { writeMs: 100, readMs: 50, reservationMs: 30 } as const

/** Units per second of a new on-demand table (docs/capacity.md names the source). */
export const newTable = { reads: 12_000, writes: 4000 } as const

/** Three product pages for each product list, as in scripts/lib/cost/bill.ts. */
const listShare = 1 / 4

type Settings = Pick<StageSettings, 'expectedPeak' | 'throttle' | 'reservation' | 'mail'>

export function capacityOf(settings: Settings, { units }: Pick<MeasuredUnits, 'units'>): Capacity {
  const { expectedPeak, throttle, reservation, mail } = settings
  const { customersPerDay, customersPerHour, busiestSecond, ordersPerCustomer, readsPerCustomer } = expectedPeak
  const customers = (customersPerHour / 3600) * busiestSecond
  const peak: Load = {
    orders: customers * ordersPerCustomer,
    signUps: customers,
    productLists: customers * readsPerCustomer * listShare,
    quotes: customers * ordersPerCustomer,
    products: customers * readsPerCustomer * (1 - listShare),
  }
  // Each route has its own limit. Sign-ups do not use the API.
  const admitted: Load = {
    orders: throttle.writes.requestsPerSecond,
    signUps: customers,
    productLists: throttle.publicLists.requestsPerSecond,
    quotes: throttle.publicLists.requestsPerSecond,
    products: throttle.reads.requestsPerSecond,
  }
  // Callers without an account may choose the most expensive list.
  const worstList = { ...units.productList, dynamodbReadUnits: maxListReadUnits }
  const mailsPerCustomer = units.signUp.mails + ordersPerCustomer * units.order.mails
  const codesPerCustomer = mail.mode === 'ses' ? 1 : 0
  const shopMailsPerSecond = (customersPerHour / 3600) * mailsPerCustomer
  return {
    peak,
    peakDemand: demandOf(peak, units),
    admitted,
    admittedDemand: demandOf(admitted, { ...units, productList: worstList }),
    codesPerSecond: codesPerSecond(settings),
    shopMailsPerSecond,
    mailsPerSecond: Math.ceil(codesPerSecond(settings) + shopMailsPerSecond),
    mailsPerDay: Math.ceil(customersPerDay * (mailsPerCustomer + codesPerCustomer)),
    // Transactions on one item exclude each other: one after the other, a batch each.
    hotItemOrders: Math.floor((1000 / assumed.reservationMs) * reservation.batchSize),
  }
}

function demandOf({ orders, signUps, productLists, quotes, products }: Load, units: MeasuredUnits['units']): Demand {
  const happening: readonly (readonly [Activity, number, number])[] = [
    ['order', orders, assumed.writeMs],
    ['signUp', signUps, assumed.writeMs],
    ['productList', productLists + quotes, assumed.readMs],
    ['product', products, assumed.readMs],
  ]
  const sum = (each: (of: MeasuredUnits['units'][Activity], durationMs: number) => number) =>
    Math.ceil(
      happening.reduce((total, [activity, times, durationMs]) => total + times * each(units[activity], durationMs), 0),
    )
  return {
    tableReads: sum((of) => of.dynamodbReadUnits),
    tableWrites: sum((of) => of.dynamodbWriteUnits),
    concurrency: sum((of, durationMs) => of.lambdaRequests * (durationMs / 1000)),
    events: sum((of) => of.events),
  }
}

/** The demand that a stage is sized for: the limits of its throttles if it has warm throughput, otherwise its peak. */
export const sizedFor = (stage: Pick<Stage, 'warmThroughput'>, { peakDemand, admittedDemand }: Capacity): Demand =>
  stage.warmThroughput ? admittedDemand : peakDemand
