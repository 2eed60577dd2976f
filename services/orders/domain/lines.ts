import { failed, ok, type Result } from '#shared/result.ts'

/** A line as the customer asked for it. */
export interface RequestedLine {
  readonly sku: string
  readonly quantity: number
}

export const maxLines = 50
export const maxPiecesPerLine = 99

/**
 * Equal SKUs become one line, in the order of their first mention: two lines of one product are one wish, and the
 * limit of a line holds for the sum. The failure names the line of the request at which the sum went over it.
 */
export function mergeLines(
  lines: readonly RequestedLine[],
): Result<RequestedLine[], { reason: 'too-many-pieces'; index: number; sku: string; quantity: number }> {
  const quantities = new Map<string, number>()
  for (const [index, { sku, quantity }] of lines.entries()) {
    const merged = (quantities.get(sku) ?? 0) + quantity
    if (merged > maxPiecesPerLine) return failed({ reason: 'too-many-pieces', index, sku, quantity: merged })
    quantities.set(sku, merged)
  }
  return ok([...quantities].map(([sku, quantity]) => ({ sku, quantity })))
}
