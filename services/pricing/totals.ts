import * as z from 'zod'
import type { orderTypes } from '#services/orders/events.ts'
import { euros, Money, Price, sum, times } from '#shared/money.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { Sku } from '#shared/text.ts'
import { ratesOf, type ServedCountry } from './countries.ts'

export const maxLines = 50
export const maxPiecesPerLine = 99

/** A line as a customer requests it. */
export const RequestedLine = z.strictObject({ sku: Sku, quantity: z.int().min(1).max(maxPiecesPerLine) })
export type RequestedLine = z.infer<typeof RequestedLine>

/** The lines of an order, a quote or a cart. */
export const RequestedLines = z
  .array(RequestedLine)
  .min(1)
  .max(maxLines)
  .describe('Equal SKUs are merged into one line')

/** A product that can be ordered now. */
export interface Offer {
  readonly sku: string
  readonly name: string
  readonly price: Money
}

/** A line at the price of its time. */
export const PricedLine = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.int().min(1).max(maxPiecesPerLine),
  unitPrice: Money,
  lineTotal: Money,
})
export type PricedLine = z.infer<typeof PricedLine>

/**
 * Merges equal SKUs into one line, in the order of their first occurrence; the limit of a line applies to the sum. The
 * failure is the index of the requested line that exceeds the limit, and the sum.
 */
export function mergeLines(
  lines: readonly RequestedLine[],
): Result<RequestedLine[], { readonly index: number; readonly quantity: number }> {
  const quantities = new Map<string, number>()
  for (const [index, line] of lines.entries()) {
    const quantity = (quantities.get(line.sku) ?? 0) + line.quantity
    if (quantity > maxPiecesPerLine) return failed({ index, quantity })
    quantities.set(line.sku, quantity)
  }
  return ok([...quantities].map(([sku, quantity]) => ({ sku, quantity })))
}

/** Prices lines by the offers; undefined when one of them is not offered. */
export function priceLines(
  lines: readonly RequestedLine[],
  offers: ReadonlyMap<string, Offer>,
): PricedLine[] | undefined {
  const priced: PricedLine[] = []
  for (const { sku, quantity } of lines) {
    const offer = offers.get(sku)
    if (!offer) return undefined
    const { name, price: unitPrice } = offer
    priced.push({ sku, name, quantity, unitPrice, lineTotal: times(unitPrice, quantity) })
  }
  return priced
}

/** A discount that a code gives: a percentage or an amount. */
export const Discount = z.object({
  code: z.string(),
  percentage: z.int().min(1).max(100).optional(),
  amount: Price.optional(),
  minimumSubtotal: Money.optional(),
  /** From this time on. */
  startsAt: z.iso.datetime().optional(),
  /** Until this time. */
  endsAt: z.iso.datetime().optional(),
  maximumUses: z.int().min(1).optional(),
  /** Counted only while `maximumUses` is set. */
  uses: z.int().min(0),
})
export type Discount = z.infer<typeof Discount>

export interface Basket {
  readonly items: readonly Pick<PricedLine, 'lineTotal'>[]
  readonly country: ServedCountry
  readonly orderType: (typeof orderTypes)[number]
  /** The code that the customer sent, if any. */
  readonly discountCode?: string | undefined
  /** The discount of that code, if there is one. */
  readonly discount?: Discount | undefined
  readonly time: Date
}

export interface Totals {
  readonly subtotal: Money
  readonly discount: Money
  readonly shipping: Money
  readonly tax: { readonly rate: number; readonly amount: Money }
  readonly total: Money
}

/**
 * What a basket costs, for a quote and for the order. Prices and shipping include tax. A discount applies to the subtotal
 * and is rounded down; total = subtotal − discount + shipping. `tax.amount` is the part of the total that is tax, rounded
 * half up: total × rate ÷ (1 + rate).
 */
export function totalsOf(basket: Basket): Result<Totals, 'discount-not-applicable'> {
  const subtotal = sum(basket.items.map(({ lineTotal }) => lineTotal))
  if (basket.discountCode !== undefined && !isApplicable(basket.discount, subtotal, basket.time)) {
    return failed('discount-not-applicable')
  }
  const discount = euros(basket.discountCode === undefined ? 0 : discountAmount(basket.discount!, subtotal.amount))
  const { shipping, taxPerMille } = ratesOf(basket.country, basket.orderType)
  const total = euros(subtotal.amount - discount.amount + shipping.amount)
  const gross = 1000 + taxPerMille
  const tax = Math.floor((2 * total.amount * taxPerMille + gross) / (2 * gross))
  return ok({ subtotal, discount, shipping, tax: { rate: taxPerMille / 1000, amount: euros(tax) }, total })
}

function isApplicable(discount: Discount | undefined, subtotal: Money, time: Date): boolean {
  if (!discount) return false
  const { minimumSubtotal, startsAt, endsAt, maximumUses, uses } = discount
  return (
    (minimumSubtotal === undefined || subtotal.amount >= minimumSubtotal.amount) &&
    (startsAt === undefined || time >= new Date(startsAt)) &&
    (endsAt === undefined || time < new Date(endsAt)) &&
    (maximumUses === undefined || uses < maximumUses)
  )
}

const discountAmount = ({ percentage, amount }: Discount, subtotal: number): number =>
  percentage === undefined ? Math.min(amount?.amount ?? 0, subtotal) : Math.floor((subtotal * percentage) / 100)

/** The parts of an order that decide about its refunds. */
export interface PaidOrder {
  readonly items: readonly Pick<PricedLine, 'sku' | 'quantity' | 'lineTotal'>[]
  readonly discount: Money
  readonly shipping: Money
}

export interface ReturnedPieces {
  readonly sku: string
  readonly quantity: number
}

/**
 * The refund of returned pieces. What was paid for a line is its total minus its share of the discount; shares are whole
 * cents that add up to the discount, by largest remainder. Of a line's pieces each refund gives what all that have come
 * back are worth, rounded down, minus the refunds before, so that no line is refunded above what was paid for it. The
 * return of an order's last pieces refunds shipping too: all refunds add up to the order's total.
 * @param returnedBefore all pieces of the refunds before
 * @throws Error for more pieces than the order has left
 */
export function refundOf(
  order: PaidOrder,
  returned: readonly ReturnedPieces[],
  returnedBefore: readonly ReturnedPieces[],
): { amount: Money; shipping: boolean } {
  const before = piecesBySku(returnedBefore)
  const after = piecesBySku([...returnedBefore, ...returned])
  const unknown = [...after].find(
    ([sku, pieces]) => pieces > (order.items.find((line) => line.sku === sku)?.quantity ?? 0),
  )
  if (unknown) throw new Error(`The order has fewer than ${unknown[1]} pieces of ${unknown[0]}.`)

  const paid = paidForLines(order)
  const worth = (pieces: ReadonlyMap<string, number>) =>
    order.items.reduce((total, { sku, quantity }, index) => {
      const count = pieces.get(sku) ?? 0
      return total + Math.floor((paid[index]! * count) / quantity)
    }, 0)
  const isLast = order.items.every(({ sku, quantity }) => after.get(sku) === quantity)
  const shipping = isLast && returned.length > 0
  return { amount: euros(worth(after) - worth(before) + (shipping ? order.shipping.amount : 0)), shipping }
}

/** What was paid for each line, in the order of the lines. */
function paidForLines({ items, discount }: PaidOrder): number[] {
  const subtotal = BigInt(sum(items.map(({ lineTotal }) => lineTotal)).amount)
  const shares = items.map(({ lineTotal }, index) => {
    // Products of two amounts exceed the exact integers of a number.
    const product = BigInt(lineTotal.amount) * BigInt(discount.amount)
    return { index, share: Number(product / subtotal), remainder: product % subtotal }
  })
  const missing = discount.amount - shares.reduce((total, { share }) => total + share, 0)
  const raised = new Set(
    shares
      .toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index)
      .slice(0, missing)
      .map(({ index }) => index),
  )
  return items.map(({ lineTotal }, index) => lineTotal.amount - shares[index]!.share - (raised.has(index) ? 1 : 0))
}

function piecesBySku(pieces: readonly ReturnedPieces[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { sku, quantity } of pieces) counts.set(sku, (counts.get(sku) ?? 0) + quantity)
  return counts
}
