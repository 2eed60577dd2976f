import type { Order } from '../../api/types.ts'
import { formatDateTime } from '../../format.ts'
import { shop } from '../shop.ts'

/** Pieces of an order that can still be sent back. */
export interface ReturnableLine {
  readonly sku: string
  readonly name: string
  readonly left: number
}

const dayMs = 24 * 3_600_000

export type Returning = Pick<Order, 'status' | 'items' | 'returned' | 'deliveredAt'>

/** @returns the last moment for a return; undefined before the delivery */
export const returnUntil = ({ deliveredAt }: Pick<Order, 'deliveredAt'>): Date | undefined =>
  deliveredAt === undefined ? undefined : new Date(Date.parse(deliveredAt) + shop.returnDays * dayMs)

/** With the time: the last day of a return ends when the parcel arrived. */
export function returnPeriodText(order: Pick<Order, 'deliveredAt'>): string {
  const until = returnUntil(order)
  return until
    ? `You can return items until ${formatDateTime(until.toISOString())}.`
    : 'You can send items back as soon as you have them, or refuse the parcel.'
}

export function returnableLines({ items, returned = [] }: Returning): ReturnableLine[] {
  const sentBack = new Map(returned.map(({ sku, quantity }) => [sku, quantity]))
  return items
    .map(({ sku, name, quantity }) => ({ sku, name, left: quantity - (sentBack.get(sku) ?? 0) }))
    .filter(({ left }) => left > 0)
}

/** Whether to offer a return. The API decides by its own clock. */
export function isReturnable(order: Returning, now: Date): boolean {
  const until = returnUntil(order)
  const isSent = order.status === 'SHIPPED' || order.status === 'DELIVERED'
  return isSent && (until === undefined || now <= until) && returnableLines(order).length > 0
}

/**
 * What a form sends.
 * @param chosen pieces by SKU; of what cannot be returned (any more) nothing is sent
 */
export const returnItems = (
  lines: readonly ReturnableLine[],
  chosen: Readonly<Record<string, number>>,
): { sku: string; quantity: number }[] =>
  lines
    .map(({ sku, left }) => ({ sku, quantity: Math.min(left, chosen[sku] ?? 0) }))
    .filter(({ quantity }) => quantity > 0)
