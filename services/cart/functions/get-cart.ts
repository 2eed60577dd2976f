import { priceTable } from '#services/pricing/price-table.ts'
import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { cartTable } from '../adapters/cart-table.ts'
import { getCartHandler } from '../handlers/cart.ts'
import { getCart } from '../routes.ts'

const table = tableFromEnv()

export const handler = forExistingAccount(
  getCart,
  (userId) => itemExists(table, deletedUserKey(userId)),
  getCartHandler({ carts: cartTable(table), prices: priceTable(table), now: () => new Date() }),
)
