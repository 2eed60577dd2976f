import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { sandboxParcelKey } from '../keys.ts'
import type { Carrier } from '../ports.ts'

/** The sandbox's record of a parcel. */
const Parcel = z.object({ createdAt: z.iso.datetime(), isVoid: z.boolean() })

/**
 * A carrier for development: a parcel is delivered some seconds after it was created, wherever it goes. It keeps its parcels
 * in the table, as a carrier keeps its own, and no shipment reads them.
 */
export function sandboxCarrier(
  table: Table,
  { deliveryDelaySeconds, now }: { readonly deliveryDelaySeconds: number; readonly now: () => Date },
): Carrier {
  const TableName = table.name
  const read = itemReader(table)
  return {
    name: 'Sandbox',

    async create({ reference }) {
      const put = new PutCommand({
        TableName,
        Item: { ...sandboxParcelKey(reference), createdAt: now().toISOString(), isVoid: false },
        ConditionExpression: 'attribute_not_exists(PK)',
      })
      await conditionalWrite(table.client.send(put))
      return { trackingNumber: `SBX${reference.replace(/^ord_/, '')}` }
    },

    async void(reference) {
      const update = new UpdateCommand({
        TableName,
        Key: sandboxParcelKey(reference),
        UpdateExpression: 'SET isVoid = :yes',
        ConditionExpression: 'attribute_exists(PK)',
        ExpressionAttributeValues: { ':yes': true },
      })
      await conditionalWrite(table.client.send(update))
    },

    async track(reference) {
      const item = await read(sandboxParcelKey(reference))
      if (!item) return 'absent'
      const { createdAt, isVoid } = Parcel.parse(item)
      if (isVoid) return 'void'
      const ageSeconds = (now().getTime() - Date.parse(createdAt)) / 1000
      return ageSeconds < deliveryDelaySeconds ? 'in-transit' : 'delivered'
    },
  }
}
