import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { sharedStorage } from '../../browser-storage.ts'
import { answerOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Cart } from '../../api/types.ts'
import { useApi, useSession } from '../../app-context.tsx'
import { applyChange, isComplete, mergeLines, previewOf, subtractLines, type CartChange, type Line } from './cart.ts'
import { changeAccountCart, quoteCart } from './cart-requests.ts'
import { CartStorage } from './cart-storage.ts'

export const cartStorage = new CartStorage(sharedStorage, 'cartwheel.cart')

const accountKey = ['cart', 'account']

const useStoredCart = () => useSyncExternalStore(cartStorage.subscribe, cartStorage.get)

function useAccountCart(): UseQueryResult<Cart> {
  const api = useApi()
  return useQuery({
    queryKey: accountKey,
    queryFn: ({ signal }) => answerOf(api.GET('/cart', { signal })),
    enabled: useSession().kind === 'signed-in',
  })
}

/** @returns what is in the cart, without prices; undefined while that is not known */
export function useCartLines(): readonly Line[] | undefined {
  const session = useSession()
  const { lines } = useStoredCart()
  const account = useAccountCart()
  if (session.kind === 'signed-out') return lines
  return session.kind === 'signed-in' && account.data ? mergeLines(account.data.items, lines) : undefined
}

/** The cart at current prices, how it was read, and the prices at which its lines were added. */
export function useCart(): {
  cart: Cart | undefined
  reading: UseQueryResult<Cart>
  addedPrices: ReadonlyMap<string, number>
} {
  const api = useApi()
  const session = useSession()
  const { lines, prices } = useStoredCart()
  const account = useAccountCart()
  const quoted = useQuery({
    queryKey: ['cart', 'quote', lines],
    queryFn: ({ signal }) => quoteCart(api, lines, signal),
    enabled: session.kind === 'signed-out',
    placeholderData: keepPreviousData,
  })
  if (session.kind !== 'signed-out') return { cart: account.data, reading: account, addedPrices: prices }
  return { cart: quoted.data && previewOf(quoted.data, lines), reading: quoted, addedPrices: prices }
}

/**
 * The changes of the cart, of the account's after sign-in and else of the browser's. `add` resolves to whether everything fit
 * into the cart.
 */
export function useCartChanges() {
  const api = useApi()
  const session = useSession()
  const client = useQueryClient()
  const mutation = useMutation({
    // One after the other: the last change wins.
    scope: { id: 'cart' },
    mutationFn: async (change: CartChange): Promise<boolean> => {
      if (change.kind === 'add') cartStorage.rememberPrices(change.lines)
      if (session.kind === 'signed-out') {
        const before = cartStorage.get().lines
        cartStorage.setLines((lines) => applyChange(lines, change))
        return isComplete(before, change, cartStorage.get().lines)
      }
      const changed = await changeAccountCart(api, cartStorage, change)
      client.setQueryData(accountKey, changed.cart)
      return changed.isComplete
    },
    onMutate: async (change) => {
      if (session.kind === 'signed-out') return
      await client.cancelQueries({ queryKey: accountKey })
      client.setQueryData<Cart>(
        accountKey,
        (cart) => cart && previewOf(cart, applyChange([...cart.items, ...cart.unavailable], change)),
      )
    },
    onError: () => client.invalidateQueries({ queryKey: accountKey }),
  })
  return {
    add: (lines: Extract<CartChange, { kind: 'add' }>['lines']) => mutation.mutateAsync({ kind: 'add', lines }),
    setQuantity: (sku: string, quantity: number) => mutation.mutate({ kind: 'set', sku, quantity }),
    isPending: mutation.isPending,
    error: mutation.error,
  }
}

/** Ordered pieces leave the cart: at once here, and in the account as soon as the order's event arrives there. */
export function useSubtractFromCart(): (ordered: readonly Line[]) => void {
  const client = useQueryClient()
  return (ordered) =>
    client.setQueryData<Cart>(accountKey, (cart) => cart && previewOf(cart, subtractLines(cart.items, ordered)))
}

/** Keeps the cart of this tab current: once in the app. */
export function useCartSync(): void {
  const api = useApi()
  const session = useSession()
  const client = useQueryClient()
  const { lines } = useStoredCart()
  const { mutate: merge } = useMutation({
    scope: { id: 'cart' },
    mutationFn: () => changeAccountCart(api, cartStorage),
    onSuccess: ({ cart }) => client.setQueryData(accountKey, cart),
    retry: (failures, error) => error instanceof ApiFailure && error.isTemporary && failures < 3,
  })
  const hasGuestLines = session.kind === 'signed-in' && lines.length > 0
  useEffect(() => {
    if (hasGuestLines) merge()
  }, [hasGuestLines, merge])
  useEffect(
    () =>
      cartStorage.subscribe((fromOtherTab) => {
        if (fromOtherTab) void client.invalidateQueries({ queryKey: accountKey })
      }),
    [client],
  )
}
