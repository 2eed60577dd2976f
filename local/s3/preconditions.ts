import { AwsError } from '../wire/aws-error.ts'
import type { StoredObject } from './object-store.ts'
import { noSuchKey, notImplemented } from './s3-error.ts'

type Headers = Readonly<Record<string, string>>

/**
 * What the conditions of a read say of an object that exists, in the order of RFC 9110.
 * @throws AwsError PreconditionFailed
 */
export function checkRead(headers: Headers, object: StoredObject): 'read' | 'not-modified' {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  const changedSince = (name: string) => changedAfter(object, headers[name])
  if (match !== undefined && !names(match, object)) throw preconditionFailed('If-Match')
  if (match === undefined && changedSince('if-unmodified-since') === true) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (noneMatch !== undefined) return names(noneMatch, object) ? 'not-modified' : 'read'
  return changedSince('if-modified-since') === false ? 'not-modified' : 'read'
}

/**
 * Refuses a write (or a deletion) whose condition does not hold for what stands at the key.
 * @throws AwsError PreconditionFailed, NoSuchKey, NotImplemented
 */
export function requireWritable(headers: Headers, existing: StoredObject | undefined): void {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  if (noneMatch !== undefined && noneMatch.trim() !== '*') throw notImplemented('If-None-Match of a write but *')
  if (noneMatch !== undefined && existing) throw preconditionFailed('If-None-Match')
  if (match === undefined) return
  if (!existing) throw noSuchKey()
  if (!names(match, existing)) throw preconditionFailed('If-Match')
}

/** Whether a list of entity tags holds the object's. */
const names = (tags: string, { etag }: StoredObject) =>
  tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '').replaceAll('"', '')))

/** @returns undefined when there is no date, or none that can be read, which counts as none */
function changedAfter(object: StoredObject, date: string | undefined): boolean | undefined {
  const ms = Date.parse(date ?? '')
  // Headers tell whole seconds.
  return Number.isNaN(ms) ? undefined : Math.floor(object.modifiedMs / 1000) * 1000 > ms
}

export const preconditionFailed = (Condition: string) =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    statusCode: 412,
    members: { Condition },
  })
