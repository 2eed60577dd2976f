import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { conditionalWrite, followsVersion } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { Shipment } from '../domain/shipment.ts'
import { shipmentKey } from '../keys.ts'
import type { Shipments } from '../ports.ts'

export const shipmentTable = (table: Table): Shipments => ({
  async find(orderId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: shipmentKey(orderId), ConsistentRead: true }),
    )
    return Item && Shipment.parse(Item)
  },

  async save({ shipment, events }) {
    const put = new PutCommand({
      TableName: table.name,
      Item: { ...shipmentKey(shipment.orderId), ...shipment, ...outboxOf(events) },
      ...followsVersion(shipment.version),
    })
    return (await conditionalWrite(table.client.send(put))).ok ? 'saved' : 'stale'
  },
})
