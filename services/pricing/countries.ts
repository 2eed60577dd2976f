import * as z from 'zod'
import { orderTypes } from '#services/orders/events.ts'
import { Country, type CountryCode } from '#shared/address.ts'
import { euros, type Money } from '#shared/money.ts'

type OrderType = (typeof orderTypes)[number]

/** Where the shop sends to, by what shipping costs. The goods leave from Ireland. A country in no group is not served. */
// oxfmt-ignore
export const countryGroups = {
  domestic: ['IE'],
  eu: [
    'AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IT', 'LT', 'LU', 'LV',
    'MC', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK',
  ],
  europe: ['AD', 'AL', 'BA', 'CH', 'GB', 'GG', 'GI', 'IM', 'IS', 'JE', 'LI', 'MD', 'ME', 'MK', 'NO', 'RS', 'SM', 'TR', 'UA', 'VA'],
  world: [
    'AE', 'AR', 'AU', 'BB', 'BH', 'BR', 'BS', 'BW', 'CA', 'CL', 'CN', 'CO', 'CR', 'DO', 'EC', 'EG', 'GE', 'GH', 'GT', 'HK',
    'ID', 'IL', 'IN', 'JM', 'JO', 'JP', 'KE', 'KR', 'KW', 'KZ', 'LK', 'MA', 'MO', 'MU', 'MX', 'MY', 'NA', 'NG', 'NZ', 'OM',
    'PA', 'PE', 'PH', 'PK', 'PR', 'PY', 'QA', 'RW', 'SA', 'SG', 'SN', 'TH', 'TN', 'TT', 'TW', 'TZ', 'UG', 'US', 'UY', 'VN',
    'ZA', 'ZM',
  ],
} as const satisfies Record<string, readonly CountryCode[]>

/** By group and order type, tax included. */
const shippingRates: Record<keyof typeof countryGroups, Record<OrderType, Money>> = {
  domestic: { standard: euros(450), express: euros(990) },
  eu: { standard: euros(990), express: euros(1990) },
  europe: { standard: euros(1490), express: euros(2990) },
  world: { standard: euros(1990), express: euros(3990) },
}

/**
 * The standard rate of value-added tax in per mille, which is due in the country of the customer. A country that is absent
 * is outside of the European Union's VAT area: a parcel that is sent there is an export, and free of tax.
 */
// oxfmt-ignore
const taxPerMille: Partial<Record<CountryCode, number>> = {
  AT: 200, BE: 210, BG: 200, CY: 190, CZ: 210, DE: 190, DK: 250, EE: 240, ES: 210, FI: 255, FR: 200, GR: 240, HR: 250,
  HU: 270, IE: 230, IT: 220, LT: 210, LU: 170, LV: 210, MC: 200, MT: 180, NL: 210, PL: 230, PT: 230, RO: 210, SE: 250,
  SI: 220, SK: 230,
}

const groups = Object.entries(countryGroups) as [keyof typeof countryGroups, readonly ServedCountry[]][]

/** A country that the shop sends to. */
export const ServedCountry = z.enum(Object.values(countryGroups).flat(), {
  error: ({ input }) =>
    Country.safeParse(input).success
      ? 'The shop does not send to this country.'
      : 'A country code of ISO 3166-1 alpha-2, such as DE.',
})
export type ServedCountry = (typeof countryGroups)[keyof typeof countryGroups][number]

/** What shipping costs, and the rate of tax that all prices include. */
export function ratesOf(country: ServedCountry, orderType: OrderType): { shipping: Money; taxPerMille: number } {
  const [group] = groups.find(([, countries]) => countries.includes(country))!
  return { shipping: shippingRates[group][orderType], taxPerMille: taxPerMille[country] ?? 0 }
}
