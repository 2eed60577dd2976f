import type { PlaceOrderRequest } from '../../api/types.ts'
import { inputOf, isSameAddress, type AddressInput } from '../address/address.ts'
import type { Line } from '../cart/cart.ts'

/** What the checkout shows, as far as it can change while this tab does not notice. */
export interface Shown {
  readonly lines: readonly Line[]
  readonly address: AddressInput
}

export const isSameOrder = ({ items, shippingAddress }: PlaceOrderRequest, { lines, address }: Shown): boolean =>
  hasSameLines(items, lines) && isSameAddress(inputOf(shippingAddress), address)

/** By how much the clocks of this machine and of the shop may differ; at a larger difference the page asks. */
const clockDifferenceMs = 60_000

/** Whether the request can have placed the order: an equal one that the customer placed before it was sent is another order. */
export const isPlacedBy = (
  { sent, sentAtMs = Infinity }: { readonly sent: PlaceOrderRequest; readonly sentAtMs: number | undefined },
  { items, placedAt }: { readonly items: readonly Line[]; readonly placedAt: string },
): boolean => hasSameLines(sent.items, items) && Date.parse(placedAt) >= sentAtMs - clockDifferenceMs

function hasSameLines(some: readonly Line[], others: readonly Line[]): boolean {
  const quantities = new Map(others.map(({ sku, quantity }) => [sku, quantity]))
  return some.length === others.length && some.every(({ sku, quantity }) => quantities.get(sku) === quantity)
}
