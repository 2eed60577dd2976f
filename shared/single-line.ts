import * as z from 'zod'

/** Text on one line: no control characters, no line separators, no halves of a surrogate pair. */
export const singleLine = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'Control characters and line breaks do not belong here.')
