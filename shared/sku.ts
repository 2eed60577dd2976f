import * as z from 'zod'

/** How a product is named wherever it is sold, stocked or ordered. */
export const Sku = z
  .string()
  .min(3)
  .max(40)
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/, 'Capital letters, digits and single dashes, such as MUG-STONE-350')
