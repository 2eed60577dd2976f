import * as z from 'zod'
import type { OrderStatus } from '#services/orders/events.ts'
import { createEvent, type EventOf } from '#shared/events/envelope.ts'
import { euros, Money, sum } from '#shared/money.ts'
import { ReportReady } from '../events.ts'
import type { Day } from './day.ts'
import { clockOf } from './day.ts'

/** What a report needs of an order. */
export interface Sale {
  readonly orderId: string
  readonly status: OrderStatus
  readonly orderType: string
  readonly items: readonly { sku: string; name: string; quantity: number; lineTotal: Money }[]
  readonly subtotal: Money
  readonly discount: Money
  readonly shipping: Money
  readonly tax: { readonly amount: Money }
  readonly total: Money
  readonly placedAt: string
  /** Whether its payment was captured; it is asked of cancelled orders only. */
  readonly isCaptured: boolean
}

/** Money that the payment provider gave back. */
export const Refund = z.object({ refundId: z.string(), orderId: z.string(), amount: Money, time: z.iso.datetime() })
export type Refund = z.infer<typeof Refund>

/** The figures of a day that are listed. */
export const Report = z.object({
  day: z.iso.date(),
  orders: z.int().min(0),
  revenue: Money,
  refunded: Money,
  madeAt: z.iso.datetime(),
})
export type Report = z.infer<typeof Report>

export interface ProductSales {
  readonly sku: string
  readonly name: string
  readonly pieces: number
  /** Before discounts. */
  readonly revenue: Money
}

/** Everything that the files of a report show. */
export interface DaySales {
  readonly report: Report
  readonly timeZone: string
  /** The paid orders of the day, in the order in which they were placed. */
  readonly sales: readonly Sale[]
  /** Of orders of any day, in the order in which they were made. */
  readonly refunds: readonly Refund[]
  /** The best-selling first. */
  readonly products: readonly ProductSales[]
  /** The revenue of each hour on the clock, 24 of them. */
  readonly hours: readonly Money[]
}

/**
 * An order counts for the day on which it was placed once it was paid, also if it was cancelled or returned afterwards; a
 * refund counts for the day on which it was made. So the days add up to the money that came in, except for chargebacks.
 */
const isPaid = ({ status, isCaptured }: Sale): boolean =>
  ['PAID', 'SHIPPED', 'DELIVERED', 'RETURN_REQUESTED', 'REFUNDED'].includes(status) ||
  (status === 'CANCELLED' && isCaptured)

/** The sales of a day, of all orders that were placed on it, and the refunds that were made on it. */
export function salesOf(
  day: Day,
  { orders, refunds }: { readonly orders: readonly Sale[]; readonly refunds: readonly Refund[] },
  { timeZone, madeAt }: { readonly timeZone: string; readonly madeAt: Date },
): DaySales {
  const sales = orders.filter(isPaid)
  return {
    report: {
      day: day.date,
      orders: sales.length,
      revenue: sum(sales.map(({ total }) => total)),
      refunded: sum(refunds.map(({ amount }) => amount)),
      madeAt: madeAt.toISOString(),
    },
    timeZone,
    sales,
    refunds,
    products: productsOf(sales),
    hours: hoursOf(sales, timeZone),
  }
}

function hoursOf(sales: readonly Sale[], timeZone: string): Money[] {
  const hourOf = clockOf(timeZone)
  const amounts = Array.from({ length: 24 }, () => 0)
  for (const { placedAt, total } of sales) amounts[hourOf(new Date(placedAt))]! += total.amount
  return amounts.map(euros)
}

function productsOf(sales: readonly Sale[]): ProductSales[] {
  const products = new Map<string, ProductSales>()
  for (const { sku, name, quantity, lineTotal } of sales.flatMap(({ items }) => items)) {
    const before = products.get(sku)
    products.set(sku, {
      sku,
      name,
      pieces: (before?.pieces ?? 0) + quantity,
      revenue: sum([...(before ? [before.revenue] : []), lineTotal]),
    })
  }
  return [...products.values()].toSorted((a, b) => b.revenue.amount - a.revenue.amount || (a.sku < b.sku ? -1 : 1))
}

/** A day has one event, whatever its figures become when the report is made again. */
export const readyEvent = ({ madeAt, ...data }: Report): EventOf<typeof ReportReady> =>
  createEvent(ReportReady, {
    aggregateId: data.day,
    aggregateVersion: 1,
    time: new Date(madeAt),
    cause: { correlationId: `report-${data.day}`, causationId: `schedule/${data.day}` },
    data,
  })
