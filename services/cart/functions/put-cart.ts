import { priceTable } from '#services/pricing/price-table.ts'
import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { cartTable } from '../adapters/cart-table.ts'
import { putCartHandler } from '../handlers/cart.ts'
import { putCart } from '../routes.ts'

const table = tableFromEnv()

export const handler = forExistingAccount(
  putCart,
  (userId) => itemExists(table, deletedUserKey(userId)),
  putCartHandler({ carts: cartTable(table), prices: priceTable(table), now: () => new Date() }),
)
