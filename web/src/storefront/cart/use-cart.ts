import {
  keepPreviousData,
  skipToken,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { sharedStorage } from '../../browser-storage.ts'
import { bodyOf, type Api } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Cart } from '../../api/types.ts'
import { useApi, useSession } from '../../app-context.tsx'
import {
  applyChange,
  isComplete,
  mergeLines,
  previewOf,
  withChanges,
  withUnavailableOf,
  type CartChange,
  type Line,
} from './cart.ts'
import { changeAccountCart, leaveCart, quoteCart } from './cart-requests.ts'
import { CartStorage } from './cart-storage.ts'
import { noteChange } from '../checkout/changed-since-sent.ts'
import { cartScope, changeKey, withUnsavedLines, withWaitingChanges } from './waiting-changes.ts'

const cartStorage = new CartStorage(sharedStorage, 'cartwheel.cart')

const accountKey = ['cart', 'account']
const mergeKey = ['cart', 'merge']
const unseenKey = ['cart', 'unseen failure']

const useStoredCart = () => useSyncExternalStore(cartStorage.subscribe, cartStorage.get)

/**
 * The account's cart, and whether the browser keeps the cart instead: before sign-in, and with an API without carts, whose
 * service is optional.
 */
function useAccountCart(): { account: UseQueryResult<Cart>; isInBrowser: boolean } {
  const api = useApi()
  const client = useQueryClient()
  const session = useSession()
  const account = useQuery({
    queryKey: accountKey,
    queryFn: async ({ signal }) => shownCart(client, await bodyOf(api.GET('/cart', { signal }))),
    enabled: session.kind === 'signed-in',
  })
  const hasNoCarts = account.error instanceof ApiFailure && account.error.code === 'route-not-found'
  return { account, isInBrowser: session.kind === 'signed-out' || (session.kind === 'signed-in' && hasNoCarts) }
}

/** What the page shows of a cart that the API has returned. */
const shownCart = (client: QueryClient, cart: Cart): Cart =>
  withWaitingChanges(client, withUnavailableOf(client.getQueryData<Cart>(accountKey), cart))

const showCart = (client: QueryClient, cart: Cart): void =>
  void client.setQueryData<Cart>(accountKey, shownCart(client, cart))

/** Shows a change of the account's cart before the API has made it. */
const preview = (client: QueryClient, change: CartChange): void =>
  void client.setQueryData<Cart>(accountKey, (cart) => cart && withChanges(cart, [change]))

/** Sends the whole cart from a document that ends, so that the last request has what the earlier ones would save. */
function leave(api: Api, client: QueryClient): void {
  const cart = client.getQueryData<Cart>(accountKey)
  if (!cart) return
  void leaveCart(api, withUnsavedLines(client, cart)).then(() => client.invalidateQueries({ queryKey: accountKey }))
}

/** @returns what is in the cart, without prices; undefined while that is not known */
export function useCartLines(): readonly Line[] | undefined {
  const { lines } = useStoredCart()
  const { account, isInBrowser } = useAccountCart()
  if (isInBrowser) return lines
  return account.data && mergeLines(account.data.items, lines)
}

/** The cart at current prices, how it was read, and the prices at which its lines were added. */
export function useCart(): {
  cart: Cart | undefined
  reading: UseQueryResult<Cart>
  addedPrices: ReadonlyMap<string, number>
} {
  const api = useApi()
  const { lines, prices } = useStoredCart()
  const { account, isInBrowser } = useAccountCart()
  const quoted = useQuery({
    queryKey: ['cart', 'quote', lines],
    queryFn: ({ signal }) => quoteCart(api, lines, signal),
    enabled: isInBrowser,
    placeholderData: keepPreviousData,
  })
  // What was in the browser belongs to the cart: it is not shown without that, unless the page says so.
  const isMerging = useMergeFailure() === null && lines.length > 0
  if (!isInBrowser) return { cart: isMerging ? undefined : account.data, reading: account, addedPrices: prices }
  return { cart: quoted.data && previewOf(quoted.data, lines), reading: quoted, addedPrices: prices }
}

/** @returns why the items from before sign-in are not in the account's cart yet; null while they are on their way */
function useMergeFailure(): Error | null {
  const merges = useMutationState({ filters: { mutationKey: mergeKey }, select: ({ state }) => state.error })
  return merges.at(-1) ?? null
}

/** Moves what was in the cart before sign-in into the account's. */
function useMerge() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationKey: mergeKey,
    scope: cartScope,
    mutationFn: () => changeAccountCart(api, cartStorage, (cart) => showCart(client, cart)),
    retry: (failures, error) => error instanceof ApiFailure && error.isTemporary && failures < 3,
  }).mutate
}

/** The items from before sign-in that could not be moved into the account's cart, and the retry; undefined if there are none. */
export function useFailedMerge(): { lines: readonly Line[]; error: Error; retry: () => void } | undefined {
  const { lines } = useStoredCart()
  const { isInBrowser } = useAccountCart()
  const error = useMergeFailure()
  const retry = useMerge()
  return isInBrowser || lines.length === 0 || !error ? undefined : { lines, error, retry }
}

/**
 * The changes of the cart, in the account or in the browser. `add` resolves to whether everything fit
 * into the cart.
 */
export function useCartChanges() {
  const api = useApi()
  const { isInBrowser } = useAccountCart()
  const client = useQueryClient()
  const isShown = useRef(false)
  useEffect(() => {
    isShown.current = true
    return () => void (isShown.current = false)
  }, [])
  /** Reports on the page that is shown by then what the customer has not seen on the page of the change. */
  const report = (change: CartChange, error?: Error) => {
    // Not a change of a customer who has signed out meanwhile, with whom the client forgot it.
    const isKnown = client.isMutating({ predicate: ({ state }) => state.variables === change }) > 0
    // What was ordered leaves the account's cart by itself.
    if (isKnown && !isShown.current && change.kind !== 'subtract')
      client.setQueryData<UnseenFailure>(unseenKey, { error, change })
  }
  const mutation = useMutation({
    mutationKey: changeKey,
    // One after the other: the last change wins.
    scope: cartScope,
    mutationFn: async (change: CartChange): Promise<boolean> => {
      if (change.kind === 'add') cartStorage.rememberPrices(change.lines)
      if (change.kind !== 'subtract') noteChange()
      if (isInBrowser) {
        const before = cartStorage.get().lines
        cartStorage.setLines((lines) => applyChange(lines, change))
        return isComplete(before, change, cartStorage.get().lines)
      }
      return changeAccountCart(api, cartStorage, (cart) => showCart(client, cart), change)
    },
    onMutate: async (change) => {
      if (isInBrowser) return
      await client.cancelQueries({ queryKey: accountKey })
      preview(client, change)
    },
    onSuccess: (isWhole, change) => {
      if (!isWhole) report(change)
    },
    onError: (error, change) => {
      report(change, error)
      return client.invalidateQueries({ queryKey: accountKey })
    },
  })
  return {
    add: (lines: Extract<CartChange, { kind: 'add' }>['lines']) => mutation.mutateAsync({ kind: 'add', lines }),
    setQuantity: (sku: string, quantity: number, isLeaving = false) => {
      const change: CartChange = { kind: 'set', sku, quantity }
      if (!isLeaving || isInBrowser) return mutation.mutate(change)
      noteChange()
      // What another line sends next contains it.
      preview(client, change)
      leave(api, client)
    },
    /**
     * Removes what was ordered. The account's cart does so itself when the order's event arrives, unless it was changed
     * in the meantime.
     */
    subtract: (ordered: readonly Line[]) => mutation.mutate({ kind: 'subtract', lines: ordered }),
    repeat: (change: CartChange) => mutation.mutate(change),
    isPending: mutation.isPending,
    error: mutation.error,
  }
}

interface UnseenFailure {
  /** Undefined when a part was added. */
  readonly error: Error | undefined
  readonly change: Exclude<CartChange, { kind: 'subtract' }>
}

/** The last change of the cart that failed after its page was left, and how to end it; undefined if there is none. */
export function useUnseenFailure(): (UnseenFailure & { end: () => void }) | undefined {
  const client = useQueryClient()
  const { data } = useQuery<UnseenFailure | null>({ queryKey: unseenKey, queryFn: skipToken })
  return data ? { ...data, end: () => client.setQueryData(unseenKey, null) } : undefined
}

/** Keeps the cart of this tab current: once in the app. */
export function useCartSync(): void {
  const api = useApi()
  const client = useQueryClient()
  const { lines } = useStoredCart()
  const { account, isInBrowser } = useAccountCart()
  const merge = useMerge()
  const hasGuestLines = !isInBrowser && account.data !== undefined && lines.length > 0
  useEffect(() => {
    if (hasGuestLines) merge()
  }, [hasGuestLines, merge])
  useEffect(() => {
    // Requests that are on their way end with the document.
    const saveChanges = () => client.isMutating({ mutationKey: changeKey }) > 0 && leave(api, client)
    addEventListener('pagehide', saveChanges)
    return () => removeEventListener('pagehide', saveChanges)
  }, [api, client])
  useEffect(
    () =>
      cartStorage.subscribe((fromOtherTab, removed) => {
        if (!fromOtherTab) return
        noteChange()
        // The API may not have had the line any more, so that its cart does not show that it was removed.
        if (removed !== undefined) preview(client, { kind: 'set', sku: removed, quantity: 0 })
        void client.invalidateQueries({ queryKey: accountKey })
      }),
    [client],
  )
}
