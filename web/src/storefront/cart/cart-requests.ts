import { bodyOf, type Api } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Cart } from '../../api/types.ts'
import { shop } from '../shop.ts'
import { applyChange, isComplete, mergeLines, splitRejected, type CartChange, type Line } from './cart.ts'
import type { CartStorage } from './cart-storage.ts'

/**
 * Changes the account's cart, and adds what was in the browser before sign-in. The API replaces a cart as a whole: one tab at
 * a time reads it and writes it back, so that no tab overwrites what another one added.
 * @param show receives the changed cart before the lines in the browser are removed, so that they are always in one of both
 * @returns whether everything that was added is in the cart
 */
export const changeAccountCart = (
  api: Api,
  storage: CartStorage,
  show: (cart: Cart) => void,
  change?: CartChange,
): Promise<boolean> =>
  navigator.locks.request('cartwheel.cart', async () => {
    const current = await bodyOf(api.GET('/cart'))
    const guest = storage.get().lines
    // Another tab may have merged them while this one waited.
    if (!change && guest.length === 0) return true
    const before = mergeLines(current.items, guest)
    const after = change ? applyChange(before, change) : before
    const cart = await putLines(api, after)
    show(cart)
    const removed = change?.kind === 'set' && change.quantity === 0 ? change.sku : undefined
    storage.setLines((lines) => (guest.length > 0 ? [] : lines), removed)
    return !change || isComplete(before, change, cart.items)
  })

/**
 * Sends the cart from a document that ends: there is no time to read the stored one first, nor to repeat the request
 * without the lines that the API rejects. Only a document that is shown again gets a response.
 */
export const leaveCart = (api: Api, lines: readonly Line[]): Promise<unknown> =>
  api.PUT('/cart', { body: { items: itemsOf(lines) }, keepalive: true }).catch(() => undefined)

const itemsOf = (lines: readonly Line[]) => lines.map(({ sku, quantity }) => ({ sku, quantity }))

/** A product that is not sold any more does not keep the rest from the cart. */
async function putLines(api: Api, lines: readonly Line[]): Promise<Cart> {
  const put = (items: readonly Line[]) => bodyOf(api.PUT('/cart', { body: { items: itemsOf(items) } }))
  try {
    return await put(lines)
  } catch (error) {
    const split = error instanceof ApiFailure ? splitRejected(lines, error) : undefined
    if (!split) throw error
    return { ...(await put(split.accepted)), unavailable: split.rejected }
  }
}

/** A cart without an account has the names and prices of a quote, in the shop's own country. */
export async function quoteCart(api: Api, lines: readonly Line[], signal: AbortSignal): Promise<Cart> {
  if (lines.length === 0) {
    return { items: [], subtotal: { amount: 0, currency: shop.currency }, unavailable: [] }
  }
  try {
    const body = { items: [...lines], country: shop.country }
    const { items, subtotal } = await bodyOf(api.POST('/quotes', { body, signal }))
    return { items, subtotal, unavailable: [] }
  } catch (error) {
    const split = error instanceof ApiFailure ? splitRejected(lines, error) : undefined
    if (!split) throw error
    const rest = await quoteCart(api, split.accepted, signal)
    return { ...rest, unavailable: [...split.rejected, ...rest.unavailable] }
  }
}
