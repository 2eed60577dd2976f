import * as z from 'zod'
import { wholeNumber } from '../text.ts'
import { commonProblems, problem, ProblemError } from './problem.ts'

/** The query parameters of every list. */
export const pageQuery = {
  limit: wholeNumber({ min: 1, max: 100 }).prefault(20).describe('The maximum number of items of a page'),
  cursor: z.string().max(1024).optional().describe('The nextCursor of the previous page'),
}

/** The schema of a page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() })

/** A cursor is opaque to clients: the position of the last item, as base64url of JSON. */
export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url')

/** @throws ProblemError `invalid-cursor` (400) unless `encodeCursor` made it, of a position of this schema */
export function decodeCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (cursor === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw invalidCursor()
  }
}

export const invalidCursor = () =>
  new ProblemError(
    problem(commonProblems, 'invalid-cursor', 'Start again without a cursor, or send nextCursor unchanged.'),
  )
