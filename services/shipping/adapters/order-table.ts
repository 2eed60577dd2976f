import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { orderKey } from '#services/orders/keys.ts'
import { StoredAddress } from '#shared/address.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { DocumentOrder } from '../domain/documents.ts'
import { documentAttributes } from '../keys.ts'
import type { Addresses, Orders } from '../ports.ts'

/** Reads some attributes of an order: those that infra/grants.ts allows. */
async function read(table: Table, orderId: string, attributes: readonly string[]) {
  const { Item } = await table.client.send(
    new GetCommand({
      TableName: table.name,
      Key: orderKey(orderId),
      // `status` and `items` are reserved words.
      ProjectionExpression: attributes.map((name) => `#${name}`).join(),
      ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
      ConsistentRead: true,
    }),
  )
  return Item
}

const Addressed = z.object({ shippingAddress: StoredAddress })

export const orderAddresses = (table: Table): Addresses => ({
  of: async (orderId) => Addressed.parse(await read(table, orderId, ['shippingAddress'])).shippingAddress,
})

export const documentOrders = (table: Table): Orders => ({
  async find(orderId) {
    const order = await read(table, orderId, documentAttributes)
    return order && DocumentOrder.parse(order)
  },
})
