import * as z from 'zod'
import { rejectionText } from './rejection-text.ts'

const textOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value, { error: rejectionText }).error!.issues.map(({ message }) => message)

test.each<[string, z.ZodType, unknown]>([
  ['This field is missing.', z.string(), undefined],
  ['This field is missing.', z.enum(['a', 'b']), undefined],
  ['Must be a string.', z.string(), 5],
  ['Must be a number.', z.number(), '5'],
  ['Must be a whole number.', z.int(), 1.5],
  ['Must be true or false.', z.boolean(), 'yes'],
  ['Must be a list.', z.array(z.string()), {}],
  ['Must be an object.', z.strictObject({}), []],
  ['Must be "EUR".', z.literal('EUR'), 'USD'],
  ['Must be one of "standard", "express".', z.enum(['standard', 'express']), 'fast'],
  ['Must have at least 1 character.', z.string().min(1), ''],
  ['Must have at most 3 characters.', z.string().max(3), 'abcd'],
  ['Must have at least 1 item.', z.array(z.string()).min(1), []],
  ['Must have at most 2 items.', z.array(z.string()).max(2), ['', '', '']],
  ['Must be at least 1.', z.int().min(1), 0],
  ['Must be at most 99.', z.int().max(99), 100],
  ['Must be more than 0.', z.number().gt(0), 0],
  ['Must be a time in UTC, such as 2026-01-31T12:00:00Z.', z.iso.datetime(), 'today'],
])('%s', (text, schema, value) => expect(textOf(schema, value)).toEqual([text]))

test("a schema's own message has precedence", () =>
  expect(textOf(z.string().min(3, 'Three letters'), '')).toEqual(['Three letters']))

test('what has no text here keeps that of zod', () => expect(textOf(z.email(), 'x')).toEqual(['Invalid email address']))
