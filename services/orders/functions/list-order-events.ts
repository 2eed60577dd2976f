import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { orderReader } from '../adapters/order-table.ts'
import { listOrderEventsHandler } from '../handlers/read-orders.ts'
import { listOrderEvents } from '../routes.ts'

const table = tableFromEnv()

export const handler = forExistingAccount(
  listOrderEvents,
  (userId) => itemExists(table, deletedUserKey(userId)),
  listOrderEventsHandler(orderReader(table)),
)
