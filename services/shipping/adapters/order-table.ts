import * as z from 'zod'
import { orderStatuses } from '#services/orders/events.ts'
import { orderKey } from '#services/orders/keys.ts'
import { StoredAddress } from '#shared/address.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { DocumentOrder } from '../domain/documents.ts'
import { documentAttributes } from '../keys.ts'
import type { Addresses, Orders } from '../ports.ts'

const Addressed = z.object({ status: z.enum(orderStatuses), shippingAddress: StoredAddress })

/** Both read the attributes of an order that infra/grants.ts allows. */
export function orderAddresses(table: Table): Addresses {
  const read = itemReader(table, { attributes: Object.keys(Addressed.shape) })
  return {
    async of(orderId) {
      const { status, shippingAddress } = Addressed.parse(await read(orderKey(orderId)))
      return status === 'CANCELLED' ? undefined : shippingAddress
    },
  }
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
