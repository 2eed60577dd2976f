import type { QueryClient } from '@tanstack/react-query'
import type { Cart } from '../../api/types.ts'
import { withChanges, type CartChange } from './cart.ts'

/** The key of the mutations that change the cart. */
export const changeKey = ['cart', 'change']

/** The scope in which they run one after the other. */
export const cartScope = { id: 'cart' }

/** The cart of an answer with the changes that are shown already, but still wait for an earlier one. */
export function withWaitingChanges(client: QueryClient, cart: Cart): Cart {
  const waiting = client
    .getMutationCache()
    .findAll({ mutationKey: changeKey, status: 'pending', predicate: ({ state }) => state.isPaused })
  return withChanges(
    cart,
    waiting.map(({ state }) => state.variables as CartChange),
  )
}
