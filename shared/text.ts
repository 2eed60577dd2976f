import * as z from 'zod'

/**
 * A character that shows something: no blank, no control or format character (zero-width and bidi controls), none that
 * Unicode ignores by default (U+00AD, U+3164), and no symbol that is drawn empty.
 */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\u2800\u{1D159}]/u

const shown = (maxLength: number) => z.string().max(maxLength).regex(visible, 'The text is blank.')

/** Text on one line, stored as it was sent: no control characters, no line separators, no lone surrogates. */
export const singleLine = (maxLength: number) =>
  shown(maxLength).regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'Control characters and line breaks are not allowed.')

/** Text that may have several lines, stored as it was sent. */
export const multiLine = (maxLength: number) =>
  shown(maxLength).regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'Control characters are not allowed.')

/**
 * A whole number in text, such as a query parameter or an environment variable: decimal digits only. `Number` and
 * `z.coerce.number` also accept `0x10`, `1e1`, `+7`, ` 5` and the empty string.
 */
export const wholeNumber = ({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text),
    z
      .int({ error: ({ code }) => (code === 'invalid_type' ? 'A whole number in decimal digits.' : undefined) })
      .min(min)
      .max(max),
  )

/** A stock keeping unit: the name of a product in catalog, inventory and orders. */
export const Sku = z
  .string()
  .min(3)
  .max(40)
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/, 'Capital letters, digits and single dashes, such as MUG-STONE-350')
