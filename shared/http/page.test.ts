import * as z from 'zod'
import { decodeCursor, encodeCursor, pageQuery } from './page.ts'
import { ProblemError } from './problem.ts'

const Position = z.strictObject({ after: z.string() })

const problemOf = (read: () => unknown) => {
  try {
    read()
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  return undefined
}

test('a cursor decodes to its position and is safe in a URL', () => {
  const position = { after: '000000001850#MUG?/+ø' }
  const cursor = encodeCursor(position)
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(decodeCursor(cursor, Position)).toEqual(position)
})

test('no cursor decodes to no position', () => {
  expect(decodeCursor(undefined, Position)).toBeUndefined()
})

test.each([
  ['not base64url', '%%%'],
  ['not JSON', Buffer.from('after').toString('base64url')],
  ['another shape', encodeCursor({ before: 'x' })],
  ['a further member', encodeCursor({ after: 'x', admin: true })],
  ['JSON null', encodeCursor(null)],
])('a cursor that is %s is a 400', (_, cursor) => {
  expect(problemOf(() => decodeCursor(cursor, Position))).toMatchObject({ status: 400, code: 'invalid-cursor' })
})

test.each([
  [undefined, 20],
  ['1', 1],
  ['100', 100],
  ['007', 7],
])('limit %s is %i', (limit, expected) => {
  expect(z.object(pageQuery).parse({ limit }).limit).toBe(expected)
})

test.each([
  '0',
  '-1',
  '101',
  '1.5',
  'many',
  '1,2',
  '',
  '0x10',
  '1e1',
  '0b11',
  '+7',
  ' 5',
  '5 ',
  '5.',
  '1.0',
  '٣',
  '9'.repeat(400),
])('limit "%s" is rejected', (limit) => {
  expect(z.object(pageQuery).safeParse({ limit }).success).toBe(false)
})
