import { validationError } from '../wire/aws-error.ts'
import { bytesOf, typeOf, type AttributeValue, type Item } from './attribute-value.ts'
import type { Location, IndexEntry } from './item-store.ts'
import { encodeKey, encodePartition } from './key-encoding.ts'
import { keyAttributes, type KeyAttribute, type KeySchema, type Table } from './schema.ts'

const partitionKeyLimitBytes = 2048
const sortKeyLimitBytes = 1024
const noSort = new Uint8Array()

/** The location of a request's `Key`. @throws AwsError ValidationException unless it has exactly the table's key attributes */
export function locationOfKey(table: Table, key: Item): Location {
  const attributes = keyAttributes(table.key)
  if (Object.keys(key).length !== attributes.length) throw keyMismatch()
  for (const { name, type } of attributes) {
    const value = key[name]
    if (value?.[type] === undefined) throw keyMismatch()
    requireNonEmpty(value, name)
  }
  return locate(table.key, key)
}

const keyMismatch = () => validationError('The provided key element does not match the schema')

/** The location of an item. @throws AwsError ValidationException when its key is missing or of another type */
export function locationOfItem(table: Table, item: Item): Location {
  for (const { name, type } of keyAttributes(table.key)) {
    const value = item[name]
    if (value === undefined) {
      throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`)
    }
    if (value[type] === undefined) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
      )
    }
    requireNonEmpty(value, name)
  }
  return locate(table.key, item)
}

function requireNonEmpty(value: AttributeValue, name: string): void {
  if (value.S !== '' && value.B !== '') return
  const kind = value.S === '' ? 'string' : 'binary'
  throw validationError(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
  )
}

function locate(key: KeySchema, item: Item): Location {
  const partition = item[key.partition.name]!
  requireSize(partition, partitionKeyLimitBytes, 'Size of hashkey has exceeded the maximum size limit of2048 bytes')
  if (key.sort === undefined) return { partition: encodePartition(partition), sort: noSort }
  const sort = item[key.sort.name]!
  requireSize(sort, sortKeyLimitBytes, 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes')
  return { partition: encodePartition(partition), sort: encodeKey(sort) }
}

function requireSize(value: AttributeValue, limitBytes: number, message: string): void {
  const size = value.S !== undefined ? Buffer.byteLength(value.S) : value.B !== undefined ? bytesOf(value.B).length : 0
  if (size > limitBytes) throw validationError(`One or more parameter values were invalid: ${message}`)
}

/** The key attributes of an item. */
export const keyOf = (key: KeySchema, item: Item): Item =>
  Object.fromEntries(keyAttributes(key).map(({ name }) => [name, item[name]!]))

/** The entries of an item in the table's indexes: an index contains only items that have its key. */
export function indexEntriesOf(table: Table, item: Item): IndexEntry[] {
  return table.indexes
    .filter((index) => keyAttributes(index.key).every(({ name }) => item[name] !== undefined))
    .map((index) => ({ index, ...locate(index.key, item) }))
}

/** The error messages for attributes that cannot be the key of an index, which differ between a put and an update. */
export interface IndexKeyMessages {
  mismatch(attribute: KeyAttribute, actual: string, indexName: string): string
  empty(kind: 'string' | 'binary', attribute: KeyAttribute, indexName: string): string
}

/** @throws AwsError ValidationException when an attribute cannot be the key of an index */
export function requireIndexable(table: Table, item: Item, messages: IndexKeyMessages): void {
  for (const index of table.indexes) {
    for (const attribute of keyAttributes(index.key)) {
      const value = item[attribute.name]
      if (value === undefined) continue
      if (value[attribute.type] === undefined) {
        throw validationError(messages.mismatch(attribute, typeOf(value), index.name))
      }
      if (value.S === '' || value.B === '') {
        throw validationError(messages.empty(value.S === '' ? 'string' : 'binary', attribute, index.name))
      }
    }
  }
}
