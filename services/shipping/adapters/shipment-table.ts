import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { conditionalWrite, followsVersion } from '#shared/dynamodb/conditional-write.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { Shipment } from '../domain/shipment.ts'
import { shipmentKey } from '../keys.ts'
import type { Shipments } from '../ports.ts'

export function shipmentTable(table: Table): Shipments {
  const read = itemReader(table)
  return {
    async find(orderId) {
      const item = await read(shipmentKey(orderId))
      return item && Shipment.parse(item)
    },

    async save({ shipment, events }) {
      const put = new PutCommand({
        TableName: table.name,
        Item: { ...shipmentKey(shipment.orderId), ...shipment, ...outboxOf(events) },
        ...followsVersion(shipment.version),
      })
      return (await conditionalWrite(table.client.send(put))).ok ? 'saved' : 'stale'
    },
  }
}
