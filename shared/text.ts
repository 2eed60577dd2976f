import * as z from 'zod'

/** Text on one line: no control characters, no line separators, no halves of a surrogate pair. */
export const singleLine = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'Control characters and line breaks are not allowed.')

/** A stock keeping unit: the name of a product in catalog, inventory and orders. */
export const Sku = z
  .string()
  .min(3)
  .max(40)
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/, 'Capital letters, digits and single dashes, such as MUG-STONE-350')
