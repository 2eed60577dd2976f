import * as z from 'zod'
import { Money, times } from '#shared/money.ts'
import { failed, ok, type Result } from '#shared/result.ts'

export const maxLines = 50
export const maxPiecesPerLine = 99

/** A line as the customer requested it. */
export interface RequestedLine {
  readonly sku: string
  readonly quantity: number
}

/** A product that can be ordered now. */
export interface Offer {
  readonly sku: string
  readonly name: string
  readonly price: Money
}

/** One line of an order, at the price at which it was placed. */
export const OrderLine = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.int().min(1).max(maxPiecesPerLine),
  unitPrice: Money,
  lineTotal: Money,
})
export type OrderLine = z.infer<typeof OrderLine>

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
): OrderLine[] | undefined {
  const priced: OrderLine[] = []
  for (const { sku, quantity } of lines) {
    const offer = offers.get(sku)
    if (!offer) return undefined
    const { name, price: unitPrice } = offer
    priced.push({ sku, name, quantity, unitPrice, lineTotal: times(unitPrice, quantity) })
  }
  return priced
}
