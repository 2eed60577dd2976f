import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { orderKey } from '#services/orders/keys.ts'
import { StoredAddress } from '#shared/address.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import type { Addresses } from '../ports.ts'

const Item = z.object({ shippingAddress: StoredAddress })

export const orderAddresses = (table: Table): Addresses => ({
  async of(orderId) {
    const { Item: order } = await table.client.send(
      new GetCommand({
        TableName: table.name,
        Key: orderKey(orderId),
        // What infra/grants.ts allows.
        ProjectionExpression: 'shippingAddress',
        ConsistentRead: true,
      }),
    )
    return Item.parse(order).shippingAddress
  },
})
