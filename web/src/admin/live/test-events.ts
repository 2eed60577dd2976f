import type { BusEvent } from '../../api/types.ts'

const start = Date.parse('2026-11-28T12:00:00.000Z')

/** An event of the order `ord_1` unless `data` says otherwise. */
export const busEvent = (
  id: string,
  source: string,
  atMs: number,
  causationId: string,
  data: Record<string, unknown> = { orderId: 'ord_1' },
): BusEvent => ({
  id,
  type: id.split('/')[0]!,
  source: `${source}.app`,
  time: new Date(start + atMs).toISOString(),
  data,
  correlationId: 'request-1',
  causationId,
})

export const placed = busEvent('OrderPlaced/ord_1/1', 'orders', 0, 'request-1', { orderId: 'ord_1', status: 'PLACED' })
export const stockReserved = busEvent('StockReserved/ord_1/1', 'inventory', 40, placed.id)
export const stockChanged = busEvent('StockChanged/MUG/7', 'inventory', 40, placed.id, {
  sku: 'MUG',
  change: { available: -2, reserved: 2, shipped: 0 },
  orderIds: ['ord_1', 'ord_2'],
})
export const reserved = busEvent('OrderReserved/ord_1/2', 'orders', 90, stockReserved.id, {
  orderId: 'ord_1',
  status: 'RESERVED',
})
export const captured = busEvent('PaymentCaptured/ord_1/2', 'payments', 130, reserved.id, {
  orderId: 'ord_1',
  amount: { amount: 10250, currency: 'EUR' },
})

/** Of an order on its way to being paid; the stock of another one changed in the same write. */
export const flow = [placed, stockReserved, stockChanged, reserved, captured]
