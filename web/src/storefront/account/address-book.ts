import { bodyOf, type Api } from '../../api/client.ts'
import type { Address, Profile } from '../../api/types.ts'
import { addressFieldNames, inputOf, isSameAddress } from '../address/address.ts'

/** The address book holds no more. */
export const maxAddresses = 10

export type SavedAddress = Profile['addresses'][number]

/** An address of the list. Addresses have no ids: the key tells apart what they say, and equal ones by their order. */
export interface AddressRow {
  readonly key: string
  readonly address: SavedAddress
}

/**
 * @param edited the row whose address is edited. It stays in the list, as the last one, when another tab changes the address.
 */
export function rowsOf(book: readonly SavedAddress[], edited?: AddressRow): AddressRow[] {
  const texts = book.map((address) => JSON.stringify(addressFieldNames.map((field) => inputOf(address)[field].trim())))
  const rows = book.map((address, index) => {
    const text = texts[index]!
    return { key: `${texts.slice(0, index).filter((each) => each === text).length} ${text}`, address }
  })
  return !edited || rows.some(({ key }) => key === edited.key) ? rows : [...rows, edited]
}

export type BookChange =
  | { readonly kind: 'add'; readonly address: Address }
  | { readonly kind: 'replace'; readonly before: Address; readonly address: Address }
  | { readonly kind: 'remove'; readonly before: Address }

/**
 * Applies a change to the book as it is now: addresses have no ids, and another tab may have changed it since it was shown.
 * @returns the new book, and the position of the address in it, which the pointers of a rejection have
 */
export function changeBook(
  book: readonly Address[],
  change: BookChange,
): { readonly addresses: Address[]; readonly position: number } {
  const indexOf = (address: Address) => book.findIndex((each) => isSameAddress(inputOf(each), inputOf(address)))
  if (change.kind === 'remove') {
    const position = indexOf(change.before)
    return { addresses: book.filter((_, index) => index !== position), position }
  }
  const replaced = change.kind === 'replace' ? indexOf(change.before) : -1
  if (replaced !== -1) return { addresses: book.with(replaced, change.address), position: replaced }
  // An added address, or one that was removed meanwhile: the customer has just typed it. The book has it already when an
  // earlier request arrived whose response was lost.
  const known = indexOf(change.address)
  return known === -1
    ? { addresses: [...book, change.address], position: book.length }
    : { addresses: [...book], position: known }
}

/** Adds an address to the customer's book as it is now, unless the book has it or is full. @throws ApiFailure */
export async function saveAddress(api: Api, address: Address): Promise<Profile> {
  const profile = await bodyOf(api.GET('/me'))
  const book = profile.addresses as Address[]
  const { addresses } = changeBook(book, { kind: 'add', address })
  if (addresses.length === book.length || addresses.length > maxAddresses) return profile
  return bodyOf(api.PATCH('/me', { body: { addresses } }))
}
