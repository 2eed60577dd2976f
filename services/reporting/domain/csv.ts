import type { Money } from '#shared/money.ts'
import type { DaySales } from './report.ts'

const columns = [
  'type',
  'time',
  'orderId',
  'orderType',
  'pieces',
  'subtotal',
  'discount',
  'shipping',
  'taxIncluded',
  'amount',
]

/**
 * The paid orders and the refunds of a day as comma-separated values (RFC 4180), amounts in euros with a decimal point, those
 * of refunds negative. It has ids, times and amounts only: no cell needs quotes, and none can be a formula of a spreadsheet.
 */
export function csvOf({ sales, refunds }: DaySales): string {
  const saleRows = sales.map((sale) => [
    'sale',
    sale.placedAt,
    sale.orderId,
    sale.orderType,
    sale.items.reduce((pieces, { quantity }) => pieces + quantity, 0),
    ...[sale.subtotal, sale.discount, sale.shipping, sale.tax.amount, sale.total].map(decimal),
  ])
  const refundRows = refunds.map(({ time, orderId, amount }) => [
    'refund',
    time,
    orderId,
    ...Array.from({ length: 6 }, () => ''),
    `-${decimal(amount)}`,
  ])
  return [columns, ...saleRows, ...refundRows].map((cells) => `${cells.join(',')}\r\n`).join('')
}

const decimal = ({ amount }: Money): string => (amount / 100).toFixed(2)
