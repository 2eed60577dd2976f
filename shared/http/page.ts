import * as z from 'zod'
import { commonProblems, problem, ProblemError } from './problem.ts'

/** The query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('How many items at most'),
  cursor: z.string().min(1).max(1024).optional().describe('Where to go on: nextCursor of the page before'),
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor?: string
}

/** The schema of a list's answer. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() })

/** A cursor is opaque to clients: where the page before ended, as base64url of JSON. */
export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url')

/** @throws ProblemError `invalid-cursor` (400) when it is not what `encodeCursor` made of this shape */
export function decodeCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (cursor === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw new ProblemError(
      problem(commonProblems, 'invalid-cursor', 'Start again without a cursor, or use nextCursor as it came.'),
    )
  }
}
