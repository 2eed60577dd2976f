import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Item } from './attribute-value.ts'
import { encodeKey, encodePartition } from './key-encoding.ts'
import { locationOfKey, keyOf } from './item-key.ts'
import type { Cursor } from './range-store.ts'
import { keyAttributes, type IndexSchema, type KeySchema, type Table } from './schema.ts'

const invalid = (reason?: string) =>
  validationError(`The provided starting key is invalid${reason === undefined ? '' : `: ${reason}`}`)

/** The cursor of an ExclusiveStartKey. @throws AwsError ValidationException unless it is a key of this table or index */
export function cursorOf(table: Table, index: IndexSchema | undefined, startKey: Item): Cursor {
  const expected = [...keyAttributes(table.key), ...(index ? keyAttributes(index.key) : [])]
  const names = new Set(expected.map(({ name }) => name))
  if (names.size !== Object.keys(startKey).length) throw invalid()
  if (expected.some(({ name, type }) => startKey[name]?.[type] === undefined)) {
    throw invalid('The provided key element does not match the schema')
  }
  try {
    const item = locationOfKey(table, keyOf(table.key, startKey))
    return index ? { ...locationIn(index.key, startKey), item } : item
  } catch (error) {
    if (error instanceof AwsError) throw invalid(error.message)
    throw error
  }
}

const locationIn = (key: KeySchema, item: Item) => ({
  partition: encodePartition(item[key.partition.name]!),
  sort: key.sort ? encodeKey(item[key.sort.name]!) : new Uint8Array(),
})
