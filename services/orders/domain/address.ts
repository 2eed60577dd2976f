import * as z from 'zod'
import { singleLine } from '#shared/text.ts'
import { countryCodes } from './country.ts'

/** Where an order goes to. */
export const Address = z.strictObject({
  name: singleLine(100),
  line1: singleLine(120),
  line2: singleLine(120).optional(),
  city: singleLine(100),
  postalCode: singleLine(20),
  country: z.enum(countryCodes, { error: 'A country code of ISO 3166-1 alpha-2, such as DE.' }),
})
export type Address = z.infer<typeof Address>
