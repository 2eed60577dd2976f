import type { MutationState, QueryClient } from '@tanstack/react-query'
import type { Cart } from '../../api/types.ts'
import { applyChange, mergeLines, withChanges, type CartChange, type Line } from './cart.ts'

/** The key of the mutations that change the cart. */
export const changeKey = ['cart', 'change']

/** The scope in which they run one after the other. */
export const cartScope = { id: 'cart' }

/** The cart of a response with the changes that are shown already, but still wait for an earlier one. */
export function withWaitingChanges(client: QueryClient, cart: Cart): Cart {
  return withChanges(
    cart,
    pending(client)
      .filter(({ isPaused }) => isPaused)
      .map(({ variables }) => variables!),
  )
}

/** @returns the lines of the shown cart, which has the changes of its own lines, and those that are still being added */
export const withUnsavedLines = (client: QueryClient, { items }: Cart): Line[] =>
  mergeLines(
    items,
    pending(client).reduce<Line[]>((lines, { variables }) => applyChange(lines, variables!), []),
  )

const pending = (client: QueryClient) =>
  client
    .getMutationCache()
    .findAll({ mutationKey: changeKey, status: 'pending' })
    .map(({ state }) => state as MutationState<unknown, Error, CartChange>)
