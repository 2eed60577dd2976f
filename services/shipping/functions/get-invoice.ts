import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { documentMaker } from '../adapters/document-maker.ts'
import { getInvoiceHandler } from '../handlers/documents.ts'
import { getInvoice } from '../routes.ts'

const table = tableFromEnv()

export const handler = forExistingAccount(
  getInvoice,
  (userId) => itemExists(table, deletedUserKey(userId)),
  getInvoiceHandler(documentMaker(table)),
)
