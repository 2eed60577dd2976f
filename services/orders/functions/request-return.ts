import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { changeDependencies } from '../adapters/change-dependencies.ts'
import { requestReturnHandler } from '../handlers/change-order.ts'
import { requestReturn } from '../routes.ts'

const dependencies = changeDependencies()

export const handler = forExistingAccount(
  requestReturn,
  (userId) => itemExists(dependencies.table, deletedUserKey(userId)),
  requestReturnHandler(dependencies),
)
