import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { orderReader } from '../adapters/order-table.ts'
import { getOrderHandler } from '../handlers/read-orders.ts'
import { getOrder } from '../routes.ts'

const table = tableFromEnv()

export const handler = forExistingAccount(
  getOrder,
  (userId) => itemExists(table, deletedUserKey(userId)),
  getOrderHandler(orderReader(table)),
)
