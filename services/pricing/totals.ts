import * as z from 'zod'
import { Availability } from '#services/catalog/events.ts'
import { Tax, type orderTypes } from '#services/orders/events.ts'
import { euros, Money, Price, sum, times } from '#shared/money.ts'
import type { RateLimited } from '#shared/rate-limit.ts'
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
  readonly availability: Availability
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

/** A line before it is ordered. */
export const QuotedLine = PricedLine.extend({ availability: Availability })
export type QuotedLine = z.infer<typeof QuotedLine>

/** Why a requested line, by its index, cannot be priced. */
export interface LineError {
  readonly index: number
  readonly field: keyof RequestedLine
  readonly detail: string
}

/**
 * Merges equal SKUs into one line, in the order of their first occurrence, and prices them. The limit of a line applies to
 * the sum; the error is at the line that exceeds it.
 * @param offers of the lines' SKUs; those without one cannot be ordered
 */
export function priceLines(
  lines: readonly RequestedLine[],
  offers: ReadonlyMap<string, Offer>,
): Result<QuotedLine[], readonly LineError[]> {
  const quantities = new Map<string, number>()
  for (const [index, line] of lines.entries()) {
    const quantity = (quantities.get(line.sku) ?? 0) + line.quantity
    quantities.set(line.sku, quantity)
    if (quantity <= maxPiecesPerLine) continue
    const detail = `The lines of this SKU add up to ${quantity}; at most ${maxPiecesPerLine}.`
    return failed([{ index, field: 'quantity', detail }])
  }
  const unknown = [...lines.entries()].filter(([, { sku }]) => !offers.has(sku))
  if (unknown.length > 0) {
    return failed(unknown.map(([index]) => ({ index, field: 'sku', detail: 'This SKU is not in the catalog.' })))
  }
  return ok(
    [...quantities].map(([sku, quantity]) => {
      const { name, price: unitPrice, availability } = offers.get(sku)!
      return { sku, name, quantity, unitPrice, lineTotal: times(unitPrice, quantity), availability }
    }),
  )
}

/** A code as a customer sends it. Whether it exists is known only after the lookup. */
export const DiscountCode = z.string().min(1).max(100)

/** A discount that a code gives: a percentage or an amount. */
export const Discount = z.object({
  /** In the letters in which staff wrote it. */
  code: z.string(),
  percentage: z.int().min(1).max(100).optional(),
  amount: Price.optional(),
  minimumSubtotal: Money.optional(),
  /** From this time on. */
  startsAt: z.iso.datetime({ offset: true }).optional(),
  /** Until this time. */
  endsAt: z.iso.datetime({ offset: true }).optional(),
  maximumUses: z.int().min(1).optional(),
  /** Counted only while `maximumUses` is set. */
  uses: z.int().min(0),
  /** The number of changes by staff, without counted uses. */
  version: z.int().min(1),
})
export type Discount = z.infer<typeof Discount>

export const Totals = z.object({
  subtotal: Money,
  discount: Money.describe('Rounded down'),
  shipping: Money,
  tax: Tax.describe('The part of the total that is tax, rounded half up; the rate is a fraction'),
  total: Money.describe('subtotal − discount + shipping; tax is included'),
})
export type Totals = z.infer<typeof Totals>

/** The totals of an order before it is placed. */
export const Quote = Totals.extend({ items: z.array(QuotedLine) })
export type Quote = z.infer<typeof Quote>

/** What the price of an order depends on, as a customer sends it. */
export interface Basket {
  readonly items: readonly RequestedLine[]
  readonly country: ServedCountry
  readonly orderType: (typeof orderTypes)[number]
  readonly discountCode?: string | undefined
}

/** The catalog's offers of a basket, and the discount of its code. Both may be missing. */
export interface Prices {
  readonly offers: ReadonlyMap<string, Offer>
  readonly discount?: Discount | undefined
}

/** Where the prices of a basket come from. */
export interface PriceList {
  /**
   * In one read, the offers of those SKUs (at most 50, distinct) that can be ordered now, and the discount of a code.
   * @param wanted.consistent also what was written just before
   */
  read(wanted: {
    readonly skus: readonly string[]
    readonly discountCode?: string | undefined
    readonly consistent: boolean
  }): Promise<Prices>
}

/** How often a code is tried. */
export interface CodeRates {
  /** Counts a try of a source, such as a network or a customer, unless its minute has as many as are allowed. */
  count(source: string, now: Date): Promise<Result<undefined, RateLimited>>
}

export type QuoteFailure =
  | { readonly kind: 'invalid-lines'; readonly errors: readonly LineError[] }
  /** The code is unknown, not valid at this time or used up, or its minimum is not met. */
  | { readonly kind: 'discount-not-applicable' }

/**
 * What a basket costs, for a quote and for an order. Prices and shipping include tax. A discount applies to the subtotal
 * and is rounded down; total = subtotal − discount + shipping. `tax.amount` is the part of the total that is tax, rounded
 * half up: total × rate ÷ (1 + rate).
 */
export function quoteOf(
  { items, country, orderType, discountCode }: Basket,
  { offers, discount }: Prices,
  time: Date,
): Result<Quote, QuoteFailure> {
  const lines = priceLines(items, offers)
  if (!lines.ok) return failed({ kind: 'invalid-lines', errors: lines.failure })
  const subtotal = sum(lines.value.map(({ lineTotal }) => lineTotal))
  if (discountCode !== undefined && !isApplicable(discount, subtotal, time)) {
    return failed({ kind: 'discount-not-applicable' })
  }
  const subtracted = euros(discountCode === undefined ? 0 : amountOf(discount!, subtotal.amount))
  const { shipping, taxPerMille } = ratesOf(country, orderType)
  const total = euros(subtotal.amount - subtracted.amount + shipping.amount)
  const gross = 1000 + taxPerMille
  const tax = Math.floor((2 * total.amount * taxPerMille + gross) / (2 * gross))
  return ok({
    items: lines.value,
    subtotal,
    discount: subtracted,
    shipping,
    tax: { rate: taxPerMille / 1000, amount: euros(tax) },
    total,
  })
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

const amountOf = ({ percentage, amount }: Discount, subtotal: number): number =>
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
    // Products of two amounts exceed `Number.MAX_SAFE_INTEGER`.
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
