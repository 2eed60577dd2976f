import { AwsError } from '../wire/aws-error.ts'
import type { StoredObject } from './object-store.ts'
import { noSuchKey, notImplemented } from './s3-error.ts'

type Headers = Readonly<Record<string, string>>

/**
 * Evaluates the conditions of a read for an existing object, in the order of RFC 9110.
 * @throws AwsError PreconditionFailed
 */
export function checkRead(headers: Headers, object: StoredObject): 'read' | 'not-modified' {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  const changedSince = (name: string) => changedAfter(object, headers[name])
  if (match !== undefined && !includesTag(match, object)) throw preconditionFailed('If-Match')
  if (match === undefined && changedSince('if-unmodified-since') === true) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (noneMatch !== undefined) return includesTag(noneMatch, object) ? 'not-modified' : 'read'
  return changedSince('if-modified-since') === false ? 'not-modified' : 'read'
}

/**
 * Rejects a write (or a deletion) whose condition the existing object does not satisfy.
 * @throws AwsError PreconditionFailed, NoSuchKey, NotImplemented
 */
export function requireWritable(headers: Headers, existing: StoredObject | undefined): void {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  if (noneMatch !== undefined && noneMatch.trim() !== '*') throw notImplemented('If-None-Match of a write except *')
  if (noneMatch !== undefined && existing) throw preconditionFailed('If-None-Match')
  if (match === undefined) return
  if (!existing) throw noSuchKey()
  if (!includesTag(match, existing)) throw preconditionFailed('If-Match')
}

/** Whether a list of entity tags includes the object's. */
const includesTag = (tags: string, { etag }: StoredObject) =>
  tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '').replaceAll('"', '')))

/** @returns undefined when the date is absent or invalid */
function changedAfter(object: StoredObject, date: string | undefined): boolean | undefined {
  const ms = Date.parse(date ?? '')
  // Headers have a resolution of seconds.
  return Number.isNaN(ms) ? undefined : Math.floor(object.modifiedMs / 1000) * 1000 > ms
}

export const preconditionFailed = (Condition: string) =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    statusCode: 412,
    members: { Condition },
  })
