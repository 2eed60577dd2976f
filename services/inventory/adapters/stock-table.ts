import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { followsVersion, setFields } from '#shared/dynamodb/conditional-write.ts'
import { findStoredResponse, idempotencyRecord } from '#shared/dynamodb/idempotency-record.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { Reservation, type ReservationChange } from '../domain/reservation.ts'
import { Stock, type StockChange } from '../domain/stock.ts'
import {
  heldIndexKeys,
  lowStockPartitions,
  reservationKey,
  stockIndexKeys,
  stockKey,
  stockPartitions,
} from '../keys.ts'
import type { StockLedger, StockList } from '../ports.ts'

export const stockTable = (table: Table): StockLedger => ({
  async read({ skus, orderIds }) {
    const keys = [...skus.map(stockKey), ...orderIds.map(reservationKey)]
    const items = await batchGet(table, keys, { consistent: true })
    return {
      stocks: items.filter(({ SK }) => SK === 'STOCK').map((item) => Stock.parse(item)),
      reservations: items.filter(({ SK }) => SK === 'RESERVATION').map((item) => Reservation.parse(item)),
    }
  },

  async commit({ stocks, reservations, keyedResponse }) {
    const outcome = await transactWrite(table, [
      ...stocks.map((change) => stockUpdate(table.name, change)),
      ...reservations.map((change) => reservationPut(table.name, change)),
      ...(keyedResponse
        ? [idempotencyRecord(table.name, keyedResponse.request, keyedResponse.response, keyedResponse.time)]
        : []),
    ])
    return outcome.kind === 'committed' ? 'committed' : 'stale'
  },

  findResponse: (request, now) => findStoredResponse(table, request, now),
})

export const stockList = (table: Table): StockList => ({
  async page({ isLow, limit, after }) {
    const list = isLow
      ? ({ index: 'GSI2', partitions: lowStockPartitions } as const)
      : ({ index: 'GSI1', partitions: stockPartitions } as const)
    const entries = await mergedQuery(table, { ...list, descending: false, limit: limit + 1, after })
    const listed = entries.slice(0, limit)
    const items = await batchGet(table, listed)
    const stocks = items.map((item) => Stock.parse(item)).toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
    return { stocks, next: entries.length > limit ? listed.at(-1)!.sortKey : undefined }
  },
})

/**
 * Optimistic locking, and not the condition `available >= :quantity`: only a write that follows the version that was
 * read can determine whether it reaches the low-stock threshold. Transactions on one stock conflict in either case.
 */
function stockUpdate(TableName: string, { stock, events, isLow = false, correction }: StockChange): TransactItem {
  const fields = setFields({
    ...stock,
    ...stockIndexKeys(stock.sku, isLow),
    ...outboxOf(events),
    ...(correction ? { lastCorrection: correction } : {}),
  })
  const condition = followsVersion(stock.version)
  return {
    Update: {
      TableName,
      Key: stockKey(stock.sku),
      ...fields,
      ...condition,
      ExpressionAttributeNames: { ...fields.ExpressionAttributeNames, ...condition.ExpressionAttributeNames },
      ExpressionAttributeValues: { ...fields.ExpressionAttributeValues, ...condition.ExpressionAttributeValues },
    },
  }
}

function reservationPut(TableName: string, { reservation, events }: ReservationChange): TransactItem {
  const Item = {
    ...reservationKey(reservation.orderId),
    ...(reservation.status === 'held' ? heldIndexKeys(reservation) : {}),
    ...reservation,
    ...outboxOf(events),
  }
  return { Put: { TableName, Item, ...followsVersion(reservation.version) } }
}
