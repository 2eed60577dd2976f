import * as z from 'zod'
import { orderKey } from '#services/orders/keys.ts'
import { StoredAddress } from '#shared/address.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { DocumentOrder } from '../domain/documents.ts'
import { documentAttributes } from '../keys.ts'
import type { Addresses, Orders } from '../ports.ts'

const Addressed = z.object({ shippingAddress: StoredAddress })

/** Both read the attributes of an order that infra/grants.ts allows. */
export function orderAddresses(table: Table): Addresses {
  const read = itemReader(table, { attributes: ['shippingAddress'] })
  return { of: async (orderId) => Addressed.parse(await read(orderKey(orderId))).shippingAddress }
}

export function documentOrders(table: Table): Orders {
  const read = itemReader(table, { attributes: documentAttributes })
  return {
    async find(orderId) {
      const order = await read(orderKey(orderId))
      return order && DocumentOrder.parse(order)
    },
  }
}
