import type { Cart } from '../../api/types.ts'
import type { ApiFailure } from '../../api/failure.ts'

/** The limits of the API for a cart, a quote and an order. */
export const maxLines = 50
export const maxQuantity = 99

export interface Line {
  readonly sku: string
  readonly quantity: number
}

/** A line to add, with the price at which the customer saw it: a change of the price is shown in the cart. */
export interface AddedLine extends Line {
  readonly unitPrice?: { readonly amount: number }
}

export type CartChange =
  | { readonly kind: 'add'; readonly lines: readonly AddedLine[] }
  /** A quantity of 0 removes the line. */
  | { readonly kind: 'set'; readonly sku: string; readonly quantity: number }
  /** Takes out what was ordered. */
  | { readonly kind: 'subtract'; readonly lines: readonly Line[] }

/** @returns the lines after a change, within the limits: what exceeds them is left out */
export function applyChange(lines: readonly Line[], change: CartChange): Line[] {
  const quantities = new Map(lines.map(({ sku, quantity }) => [sku, quantity]))
  const changed = change.kind === 'set' ? [change] : change.lines
  for (const { sku, quantity } of changed) {
    const before = quantities.get(sku) ?? 0
    const after = { set: quantity, add: before + quantity, subtract: before - quantity }[change.kind]
    if (after > 0) quantities.set(sku, Math.min(after, maxQuantity))
    else quantities.delete(sku)
  }
  return linesOf(quantities)
}

/**
 * The cart of the account with the one from before sign-in. The larger quantity of a product wins: a merge that is repeated,
 * because its response was lost or another tab signed in too, changes nothing.
 */
export function mergeLines(account: readonly Line[], guest: readonly Line[]): Line[] {
  const quantities = new Map(account.map(({ sku, quantity }) => [sku, quantity]))
  for (const { sku, quantity } of guest) quantities.set(sku, Math.max(quantities.get(sku) ?? 0, quantity))
  return linesOf(quantities)
}

const linesOf = (quantities: ReadonlyMap<string, number>): Line[] =>
  [...quantities].slice(0, maxLines).map(([sku, quantity]) => ({ sku, quantity }))

export const countOf = (lines: readonly Line[]): number => lines.reduce((count, { quantity }) => count + quantity, 0)

/** Whether all pieces of a change arrived in the cart: it may be full, or a product may not be sold any more. */
export function isComplete(before: readonly Line[], change: CartChange, after: readonly Line[]): boolean {
  if (change.kind !== 'add') return true
  const quantityIn = (lines: readonly Line[], wanted: string) => lines.find(({ sku }) => sku === wanted)?.quantity ?? 0
  return change.lines.every(({ sku, quantity }) => quantityIn(after, sku) >= quantityIn(before, sku) + quantity)
}

/**
 * @param failure the rejection of a cart or a quote
 * @returns its lines, those that can be ordered apart from those that the rejection names; undefined when it has another reason
 */
export function splitRejected(
  lines: readonly Line[],
  failure: Pick<ApiFailure, 'status' | 'fields'>,
): { accepted: Line[]; rejected: Line[] } | undefined {
  const rejected = new Set(
    failure.fields
      .map(({ pointer }) => /^\/items\/(\d+)\/sku$/.exec(pointer)?.[1])
      .filter((index) => index !== undefined),
  )
  if (failure.status !== 422 || rejected.size === 0) return undefined
  const isRejected = (index: number) => rejected.has(String(index))
  return {
    accepted: lines.filter((_, index) => !isRejected(index)),
    rejected: lines.filter((_, index) => isRejected(index)),
  }
}

/** The cart with other quantities of its lines, before the API confirms them. */
export function previewOf(cart: Cart, lines: readonly Line[]): Cart {
  const quantities = new Map(lines.map(({ sku, quantity }) => [sku, quantity]))
  const items = cart.items
    .filter(({ sku }) => quantities.has(sku))
    .map((item) => {
      const quantity = quantities.get(item.sku)!
      return { ...item, quantity, lineTotal: { ...item.unitPrice, amount: item.unitPrice.amount * quantity } }
    })
  return {
    items,
    subtotal: { ...cart.subtotal, amount: items.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0) },
    unavailable: cart.unavailable.filter(({ sku }) => quantities.has(sku)),
  }
}

/**
 * Every change drops what cannot be ordered from the account's cart, since the API accepts no such line. The page still names
 * it, until the customer removes it, in any tab, or reloads.
 * @param shown the cart that the page shows
 */
export function withUnavailableOf(shown: Cart | undefined, cart: Cart): Cart {
  const known = new Set([...cart.items, ...cart.unavailable].map(({ sku }) => sku))
  const dropped = shown?.unavailable.filter(({ sku }) => !known.has(sku)) ?? []
  return { ...cart, unavailable: [...cart.unavailable, ...dropped] }
}

/** The cart with changes that the API has not made yet. */
export const withChanges = (cart: Cart, changes: readonly CartChange[]): Cart =>
  changes.reduce((shown, change) => previewOf(shown, applyChange([...shown.items, ...shown.unavailable], change)), cart)

/** The id of the product with a SKU: each SKU is one product. */
export const productIdOf = (sku: string): string => sku.toLowerCase()
