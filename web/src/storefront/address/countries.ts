import type { QuoteRequest } from '../../api/types.ts'

/** A country that the shop sends to, as the API's document lists them. */
export type ServedCountry = QuoteRequest['country']

/** The type check compares the list with the API's: a country more or less fails it. */
const everyCountry = <const Codes extends readonly ServedCountry[]>(
  codes: Codes & (Exclude<ServedCountry, Codes[number]> extends never ? Codes : never),
): readonly ServedCountry[] => codes

// oxfmt-ignore
export const servedCountries = everyCountry([
  'AD', 'AE', 'AL', 'AR', 'AT', 'AU', 'BA', 'BB', 'BE', 'BG', 'BH', 'BR', 'BS', 'BW', 'CA', 'CH', 'CL', 'CN', 'CO', 'CR',
  'CY', 'CZ', 'DE', 'DK', 'DO', 'EC', 'EE', 'EG', 'ES', 'FI', 'FR', 'GB', 'GE', 'GG', 'GH', 'GI', 'GR', 'GT', 'HK', 'HR',
  'HU', 'ID', 'IE', 'IL', 'IM', 'IN', 'IS', 'IT', 'JE', 'JM', 'JO', 'JP', 'KE', 'KR', 'KW', 'KZ', 'LI', 'LK', 'LT', 'LU',
  'LV', 'MA', 'MC', 'MD', 'ME', 'MK', 'MO', 'MT', 'MU', 'MX', 'MY', 'NA', 'NG', 'NL', 'NO', 'NZ', 'OM', 'PA', 'PE', 'PH',
  'PK', 'PL', 'PR', 'PT', 'PY', 'QA', 'RO', 'RS', 'RW', 'SA', 'SE', 'SG', 'SI', 'SK', 'SM', 'SN', 'TH', 'TN', 'TR', 'TT',
  'TW', 'TZ', 'UA', 'UG', 'US', 'UY', 'VA', 'VN', 'ZA', 'ZM',
])

/** Whose addresses have no postal code, and whose need a state or province. The API decides; a test compares them. */
const withoutPostalCode: readonly ServedCountry[] = [
  'AE',
  'BS',
  'BW',
  'GH',
  'HK',
  'JM',
  'MO',
  'PA',
  'QA',
  'RW',
  'TT',
  'UG',
]
const withRegion: readonly ServedCountry[] = ['AU', 'BR', 'CA', 'IN', 'MX', 'US']

export const isServed = (code: string): code is ServedCountry => servedCountries.some((each) => each === code)
export const needsPostalCode = (code: string): boolean => !withoutPostalCode.some((each) => each === code)
export const needsRegion = (code: string): boolean => withRegion.some((each) => each === code)

const names = new Intl.DisplayNames('en', { type: 'region' })

export const countryName = (code: string): string => names.of(code) ?? code

/** By name, for a choice. */
export const countryOptions = servedCountries
  .map((value) => ({ value, label: countryName(value) }))
  .toSorted((a, b) => a.label.localeCompare(b.label, 'en'))
