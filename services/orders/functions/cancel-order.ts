import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { changeDependencies } from '../adapters/change-dependencies.ts'
import { cancelOrderHandler } from '../handlers/change-order.ts'
import { cancelOrder } from '../routes.ts'

const dependencies = changeDependencies()

export const handler = forExistingAccount(
  cancelOrder,
  (userId) => itemExists(dependencies.table, deletedUserKey(userId)),
  cancelOrderHandler(dependencies),
)
