import * as z from 'zod'

/** Schemas with rules that generated values of the services' own schemas seldom reach, or that only adapters have. */
export const schemas = {
  text: z.string().min(2).max(3),
  lists: z.object({ some: z.array(z.int()).min(1).max(2) }),
  number: z.number().min(-1).max(100),
  finite: z.number(),
  global: z.string().regex(/a/g),
  byName: z.record(z.string().regex(/^a$/), z.int()),
  loose: z.looseObject({ a: z.int().optional(), b: z.int().default(1), c: z.int().default(2).optional() }),
  nested: z.object({ a: z.object({ b: z.string().nullish() }).optional() }),
  unequal: z.object({ a: z.string().transform((text) => text.length) }).and(z.object({ a: z.string() })),
  reported: z.string().transform((text, context) => {
    if (text.length > 1) return text.length
    context.addIssue({ code: 'custom', message: 'too short' })
    return z.NEVER
  }),
  bytes: z.instanceof(Uint8Array),
  strict: z
    .object({ a: z.int() })
    .refine(({ a }) => a > 1)
    .strict(),
  refined: z
    .object({ a: z.int() })
    .refine(({ a }) => a > 1)
    .extend({ b: z.string().optional() }),
  extended: z.strictObject({ a: z.int() }).extend({ b: z.string().optional() }),
  picked: z.strictObject({ a: z.int(), b: z.string() }).pick({ a: true }),
  omitted: z.looseObject({ a: z.int(), b: z.string() }).omit({ b: true }),
  partial: z.strictObject({ a: z.int(), b: z.string().min(1) }).partial(),
  either: z.discriminatedUnion('a', [
    z.object({ a: z.literal('a') }),
    z.object({ a: z.enum(['b', 'c']), b: z.boolean() }),
  ]),
  preprocessed: z.object({ a: z.preprocess((value) => (value === '' ? undefined : value), z.string().optional()) }),
}

/** Of these, only zod decides on some valid values. */
export const decidedByZod = {
  caught: z.object({ a: z.int().catch(7) }),
}
