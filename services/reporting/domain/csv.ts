import type { Money } from '#shared/money.ts'
import type { DaySales } from './report.ts'

const columns = [
  'orderId',
  'placedAt',
  'status',
  'orderType',
  'pieces',
  'subtotal',
  'discount',
  'shipping',
  'taxIncluded',
  'total',
  'refunded',
]

/**
 * The orders of a day as comma-separated values (RFC 4180), amounts in euros with a decimal point. It has ids, times and
 * amounts only: no cell needs quotes, and none can be a formula of a spreadsheet.
 */
export function csvOf({ sales }: DaySales): string {
  const rows = sales.map((sale) => [
    sale.orderId,
    sale.placedAt,
    sale.status,
    sale.orderType,
    sale.items.reduce((pieces, { quantity }) => pieces + quantity, 0),
    ...[sale.subtotal, sale.discount, sale.shipping, sale.tax.amount, sale.total, sale.refunded].map(decimal),
  ])
  return [columns, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('')
}

const decimal = ({ amount }: Money): string => (amount / 100).toFixed(2)
