import type { QueryClient } from '@tanstack/react-query'
import type { Cart } from '../../api/types.ts'
import { withChanges, type CartChange } from './cart.ts'

/** Of changes of the cart. */
export const changeKey = ['cart', 'change']

/** Changes are made one after the other. */
export const cartScope = { id: 'cart' }

/** The cart that the API has, with the changes that wait until another one is made: they are shown already. */
export function withWaitingChanges(client: QueryClient, cart: Cart): Cart {
  const waiting = client
    .getMutationCache()
    .findAll({ mutationKey: changeKey, status: 'pending', predicate: ({ state }) => state.isPaused })
  return withChanges(
    cart,
    waiting.map(({ state }) => state.variables as CartChange),
  )
}
