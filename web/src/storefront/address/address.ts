import type { Address } from '../../api/types.ts'
import { isServed, needsPostalCode, needsRegion } from './countries.ts'

export const addressFieldNames = ['name', 'line1', 'line2', 'city', 'region', 'postalCode', 'country', 'phone'] as const

export type AddressFieldName = (typeof addressFieldNames)[number]

/** An address while it is typed: every field is text. */
export type AddressInput = Readonly<Record<AddressFieldName, string>>

export const emptyAddress = (country: string): AddressInput => ({
  name: '',
  line1: '',
  line2: '',
  city: '',
  region: '',
  postalCode: '',
  country,
  phone: '',
})

export const inputOf = (address: Partial<Record<AddressFieldName, string>>): AddressInput => ({
  ...emptyAddress(''),
  ...address,
})

/** What is missing, in words beside the field. The API checks the rest. */
export function addressProblems(input: AddressInput): Partial<Record<AddressFieldName, string>> {
  const isMissing = (field: AddressFieldName) => input[field].trim() === ''
  return {
    ...(isMissing('name') ? { name: 'Enter the name of the recipient.' } : {}),
    ...(isMissing('line1') ? { line1: 'Enter street and number.' } : {}),
    ...(isMissing('city') ? { city: 'Enter the town or city.' } : {}),
    ...(isMissing('region') && needsRegion(input.country) ? { region: 'Enter the state or province.' } : {}),
    ...(isMissing('postalCode') && needsPostalCode(input.country) ? { postalCode: 'Enter the postal code.' } : {}),
    ...(isServed(input.country) ? {} : { country: 'Choose a country that we deliver to.' }),
  }
}

/** @returns the address as the API takes it, without the fields that are blank */
export function addressOf(input: AddressInput): Address {
  const entries = addressFieldNames.map((field) => [field, input[field].trim()] as const)
  return Object.fromEntries(entries.filter(([, text]) => text !== '')) as unknown as Address
}

/** @returns the lines of an address label */
export function addressLines(
  address: Omit<Address, 'country'> & { readonly country: string },
  country: string,
): string[] {
  const { name, line1, line2, city, region, postalCode } = address
  const town = [postalCode, city].filter(Boolean).join(' ')
  return [name, line1, line2, [town, region].filter(Boolean).join(', '), country].filter((line): line is string =>
    Boolean(line),
  )
}

export const isSameAddress = (a: AddressInput, b: AddressInput): boolean =>
  addressFieldNames.every((field) => a[field].trim() === b[field].trim())
