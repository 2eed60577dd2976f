import type { ObjectStore, StoredObject } from './object-store.ts'

export interface Page {
  readonly objects: StoredObject[]
  readonly commonPrefixes: string[]
  /** The next page starts after it: a key, or a common prefix with all keys below it. */
  readonly next?: string
}

/** Lists keys with a prefix; keys with the same text up to the delimiter after it form one common prefix. */
export function listPage(
  store: ObjectStore,
  input: { bucket: string; prefix: string; delimiter: string; maxKeys: number; after: string },
): Page {
  const { bucket, prefix, delimiter, maxKeys, after } = input
  const objects: StoredObject[] = []
  const commonPrefixes: string[] = []
  let last = ''
  if (maxKeys === 0) return { objects, commonPrefixes }
  for (const object of store.from(bucket, prefix, after)) {
    const common = commonPrefixOf(object.key, prefix, delimiter)
    // A page after one that ended with a common prefix starts after all keys of that prefix.
    if (common !== undefined && (common === last || common === after)) continue
    if (objects.length + commonPrefixes.length === maxKeys) return { objects, commonPrefixes, next: last }
    if (common === undefined) objects.push(object)
    else commonPrefixes.push(common)
    last = common ?? object.key
  }
  return { objects, commonPrefixes }
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  const found = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return found < 0 ? undefined : key.slice(0, found + delimiter.length)
}
