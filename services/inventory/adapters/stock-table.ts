import { batchGet } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { eventsAttribute } from '#shared/events/envelope.ts'
import type { Reservation } from '../domain/reservation.ts'
import { Stock, type StockChange } from '../domain/stock.ts'
import type { StockLedger } from '../ports.ts'
import { reservationKey, stockKey } from '../keys.ts'

export const stockTable = (table: Table): StockLedger => ({
  async read({ skus, orderIds }) {
    const keys = [...skus.map(stockKey), ...orderIds.map(reservationKey)]
    const items = await batchGet(table, keys, { consistent: true })
    const stocks = items.filter((item) => item['SK'] === 'STOCK').map((item) => Stock.parse(item))
    const marks = new Set(items.filter((item) => item['SK'] === 'RESERVATION').map((item) => item['PK']))
    return { stocks, markedOrders: new Set(orderIds.filter((orderId) => marks.has(reservationKey(orderId).PK))) }
  },

  async commit({ changes, reservations }) {
    const outcome = await transactWrite(table, [
      ...changes.map((change) => stockUpdate(table.name, change)),
      ...reservations.map((reservation) => reservationPut(table.name, reservation)),
    ])
    return outcome.kind === 'committed' ? 'committed' : 'stale'
  },
})

/**
 * The version that was read is the condition, and not `available >= :quantity`: only so are the crossings of the
 * low-stock threshold exact. Transactions on one stock exclude each other either way.
 */
function stockUpdate(TableName: string, { stock, events, correction }: StockChange): TransactItem {
  const { sku, available, reserved, shipped, received, version } = stock
  const counts = { sku, available, reserved, shipped, received, version, [eventsAttribute]: events }
  const lastCorrection = correction && { ...correction, time: correction.time.toISOString() }
  const fields = Object.entries({ ...counts, ...(lastCorrection ? { lastCorrection } : {}) })
  return {
    Update: {
      TableName,
      Key: stockKey(sku),
      UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: version === 1 ? 'attribute_not_exists(PK)' : '#version = :before',
      ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
        ...(version === 1 ? {} : { ':before': version - 1 }),
      },
    },
  }
}

function reservationPut(TableName: string, { event, time, ...reservation }: Reservation): TransactItem {
  const Item = {
    ...reservationKey(reservation.orderId),
    ...reservation,
    createdAt: time.toISOString(),
    [eventsAttribute]: [event],
  }
  return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(PK)' } }
}
