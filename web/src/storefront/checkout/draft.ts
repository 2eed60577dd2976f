import type { PlaceOrderRequest } from '../../api/types.ts'
import { addressFieldNames, emptyAddress, isSameAddress, type AddressInput } from '../address/address.ts'
import { isServed } from '../address/countries.ts'
import { shop } from '../shop.ts'
import { paymentMethods } from './payment-methods.ts'

/** What a customer has entered at checkout, kept in the tab until the order is placed. */
export interface Draft {
  readonly userId: string
  /** The Idempotency-Key of the order: however often it is sent, there is one order. */
  readonly key: string
  /** An address of the address book, or the one that is typed; undefined before the customer chooses. */
  readonly chosen: AddressInput | 'new' | undefined
  readonly typed: AddressInput
  readonly savesAddress: boolean
  readonly orderType: 'standard' | 'express'
  readonly discountCode: string | undefined
  readonly paymentToken: string
  /** The request whose response is not known: it was sent, and may have placed the order. */
  readonly sent: PlaceOrderRequest | undefined
  /** When it was sent first, by the clock of this machine, in milliseconds since the epoch. */
  readonly sentAtMs: number | undefined
}

interface Customer {
  readonly userId: string
  readonly name: string
}

export const newDraft = ({ userId, name }: Customer): Draft => ({
  userId,
  key: crypto.randomUUID(),
  chosen: undefined,
  typed: { ...emptyAddress(shop.country), name },
  savesAddress: true,
  orderType: 'standard',
  discountCode: undefined,
  paymentToken: paymentMethods[0].token,
  sent: undefined,
  sentAtMs: undefined,
})

/** @returns the customer's draft; a new one for another customer, and for invalid text */
export function parseDraft(text: string | null, user: Customer): Draft {
  const { userId } = user
  const fresh = newDraft(user)
  let stored: Partial<Draft>
  try {
    stored = Object(JSON.parse(text ?? 'null')) as Partial<Draft>
  } catch {
    return fresh
  }
  if (stored.userId !== userId || typeof stored.key !== 'string') return fresh
  const { key, chosen, typed, savesAddress, orderType, discountCode, paymentToken, sent, sentAtMs } = stored
  return {
    userId,
    key,
    chosen: chosen === 'new' || isAddressInput(chosen) ? chosen : undefined,
    typed: isAddressInput(typed) ? typed : fresh.typed,
    savesAddress: savesAddress !== false,
    orderType: orderType === 'express' ? orderType : fresh.orderType,
    discountCode: typeof discountCode === 'string' ? discountCode : undefined,
    paymentToken: paymentMethods.find(({ token }) => token === paymentToken)?.token ?? fresh.paymentToken,
    sent: isRequest(sent) ? sent : undefined,
    sentAtMs: typeof sentAtMs === 'number' ? sentAtMs : undefined,
  }
}

const isRequest = (value: unknown): value is PlaceOrderRequest => {
  const { items, shippingAddress } = Object(value) as Partial<PlaceOrderRequest>
  return Array.isArray(items) && typeof shippingAddress === 'object' && shippingAddress !== null
}

const isAddressInput = (value: unknown): value is AddressInput =>
  addressFieldNames.every((field) => typeof (Object(value) as Record<string, unknown>)[field] === 'string')

/**
 * The address that the order goes to: the chosen one, else the first of the book that the shop delivers to. A chosen address
 * that is not in the book any more is typed again.
 */
export function addressChoice(
  { chosen, typed }: Pick<Draft, 'chosen' | 'typed'>,
  book: readonly AddressInput[],
): { readonly isNew: boolean; readonly address: AddressInput } {
  if (chosen === 'new') return { isNew: true, address: typed }
  const saved = chosen
    ? book.find((each) => isSameAddress(each, chosen))
    : book.find(({ country }) => isServed(country))
  return saved ? { isNew: false, address: saved } : { isNew: true, address: typed }
}
