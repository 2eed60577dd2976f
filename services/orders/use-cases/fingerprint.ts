import { createHash } from 'node:crypto'

/** A hash of a JSON value that does not depend on the order of its fields. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, sortedFields)).digest('base64url')

const sortedFields = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value
