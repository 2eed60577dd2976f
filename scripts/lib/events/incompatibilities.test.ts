import * as z from 'zod'
import { incompatibilities } from './incompatibilities.ts'

const schemaOf = (type: z.ZodType) => z.toJSONSchema(type, { io: 'input' })
const loan = {
  loanId: z.string(),
  days: z.int().min(1),
  kind: z.enum(['book', 'map']),
  note: z.string().optional(),
  lines: z.array(z.object({ isbn: z.string() })),
  due: z.iso.datetime(),
}
const recorded = z.object(loan)
const { days, lines, ...withoutDays } = loan

const compared = (current: z.ZodType) => incompatibilities(schemaOf(recorded), schemaOf(current))

test.each<[string, z.ZodType]>([
  ['the same', recorded],
  ['the same in another order', z.object({ ...withoutDays, lines, days })],
  ['a description', recorded.describe('A loan')],
  ['a new optional field', recorded.extend({ desk: z.string().optional() })],
  [
    'a new optional field deep inside',
    recorded.extend({ lines: z.array(z.object({ isbn: z.string(), shelf: z.string().optional() })) }),
  ],
])('%s is compatible', (_change, current) => {
  expect(compared(current)).toEqual([])
})

test.each<[string, z.ZodType, string]>([
  ['a removed field', z.object({ ...withoutDays, lines }), '/days is removed: subscribers may still read it.'],
  ['a removed optional field', recorded.omit({ note: true }), '/note is removed: subscribers may still read it.'],
  [
    'a new required field',
    recorded.extend({ desk: z.string() }),
    '/desk is new and required: events that were published before do not have it.',
  ],
  [
    'an optional field that becomes required',
    recorded.extend({ note: z.string() }),
    '/note is now required: events that were published before may not have it.',
  ],
  [
    'a required field that becomes optional',
    recorded.extend({ days: loan.days.optional() }),
    '/days is now optional: subscribers with older code require it.',
  ],
  [
    'a narrowed enum',
    recorded.extend({ kind: z.enum(['book']) }),
    '/kind no longer accepts ["map"]: events that were published before have it.',
  ],
  [
    'a widened enum',
    recorded.extend({ kind: z.enum(['book', 'map', 'film']) }),
    '/kind now accepts ["film"]: subscribers with older code reject it.',
  ],
  [
    'another type',
    recorded.extend({ days: z.string() }),
    "/days was integer and is string: neither side can read the other's.",
  ],
  [
    'a field that may be null',
    recorded.extend({ loanId: z.string().nullable() }),
    "/loanId was string and is string or null: neither side can read the other's.",
  ],
  [
    'a looser bound',
    recorded.extend({ days: z.int().min(0) }),
    '/days: minimum was 1 and is 0: a value that one side allows may be invalid for the other.',
  ],
  [
    'another format',
    recorded.extend({ due: z.iso.date() }),
    '/due: format was "date-time" and is "date": a value that one side allows may be invalid for the other.',
  ],
  [
    'a strict object',
    z.strictObject(loan),
    '/: additionalProperties was absent and is false: a value that one side allows may be invalid for the other.',
  ],
  [
    'a change deep inside',
    recorded.extend({ lines: z.array(z.object({ isbn: z.int() })) }),
    "/lines/*/isbn was string and is integer: neither side can read the other's.",
  ],
])('%s is incompatible', (_change, current, sentence) => {
  expect(compared(current)).toEqual([sentence])
})

test('the shapes of a union are compared one by one', () => {
  const union = (second: z.ZodType) => z.object({ who: z.union([z.object({ a: z.string() }), second]) })
  const before = schemaOf(union(z.object({ b: z.string() })))
  expect(incompatibilities(before, schemaOf(union(z.object({ b: z.string(), c: z.string().optional() }))))).toEqual([])
  expect(incompatibilities(before, schemaOf(union(z.object({ b: z.int() }))))).toEqual([
    "/who/b was string and is integer: neither side can read the other's.",
  ])
  const third = z.object({ who: z.union([z.object({ a: z.string() }), z.object({ b: z.string() }), z.object({})]) })
  expect(incompatibilities(before, schemaOf(third))).toEqual([
    '/who was one of 2 shapes and is one of 3: older code does not know all of them.',
  ])
})
