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

export function hasSameLines(some: readonly Line[], others: readonly Line[]): boolean {
  const quantities = new Map(others.map(({ sku, quantity }) => [sku, quantity]))
  return some.length === others.length && some.every(({ sku, quantity }) => quantities.get(sku) === quantity)
}
