import { hash } from 'node:crypto'
import { validationError } from '../wire/aws-error.ts'
import { bytesOf, typeOf, type AttributeValue, type Item } from './attribute-value.ts'
import { decimalOf } from './decimal.ts'
import { invalidValues, keyAttributes, type IndexSchema, type KeySchema, type Table } from './schema.ts'

/** The location of an item: its encoded key; without a sort key `sort` is empty. */
export interface Location {
  readonly partition: Uint8Array
  readonly sort: Uint8Array
}

/** The location of an item in an index. */
export interface IndexEntry extends Location {
  readonly index: IndexSchema
}

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
      throw invalidValues(`Missing the key ${name} in the item`)
    }
    if (value[type] === undefined) {
      throw invalidValues(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`)
    }
    requireNonEmpty(value, name)
  }
  return locate(table.key, item)
}

/** @throws AwsError ValidationException */
export function requireNonEmpty(value: AttributeValue, name: string): void {
  const fault = emptyFault(value)
  if (fault !== undefined) throw validationError(`One or more parameter values are not valid. ${fault} Key: ${name}`)
}

function emptyFault({ S, B }: AttributeValue): string | undefined {
  if (S !== '' && B !== '') return undefined
  return `The AttributeValue for a key attribute cannot contain an empty ${S === '' ? 'string' : 'binary'} value.`
}

function locate(key: KeySchema, item: Item): Location {
  const [partition, sort] = keyAttributes(key).map(({ name }) => item[name]!)
  requireSize(partition!, partitionKeyLimitBytes, 'Size of hashkey has exceeded the maximum size limit of2048 bytes')
  if (sort) {
    requireSize(sort, sortKeyLimitBytes, 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes')
  }
  return locationIn(key, item)
}

/** The location of an item, without checks. */
export const locationIn = (key: KeySchema, item: Item): Location => ({
  partition: encodePartition(item[key.partition.name]!),
  sort: key.sort ? encodeKey(item[key.sort.name]!) : noSort,
})

function requireSize(value: AttributeValue, limitBytes: number, message: string): void {
  const size = value.S !== undefined ? Buffer.byteLength(value.S) : value.B !== undefined ? bytesOf(value.B).length : 0
  if (size > limitBytes) throw invalidValues(message)
}

export const keyOf = (key: KeySchema, item: Item): Item =>
  Object.fromEntries(keyAttributes(key).map(({ name }) => [name, item[name]!]))

/** The entries of an item in the table's indexes: an index contains only items that have its key. */
export function indexEntriesOf(table: Table, item: Item): IndexEntry[] {
  return table.indexes
    .filter((index) => keyAttributes(index.key).every(({ name }) => item[name] !== undefined))
    .map((index) => ({ index, ...locate(index.key, item) }))
}

/**
 * @param by an update that creates its item reports a wrong type as a put does
 * @throws AwsError ValidationException when an attribute cannot be the key of an index
 */
export function requireIndexable(table: Table, item: Item, by: 'put' | 'creating update' | 'update'): void {
  for (const index of table.indexes) {
    for (const { name, type } of keyAttributes(index.key)) {
      const value = item[name]
      if (value === undefined) continue
      if (value[type] === undefined) {
        throw by === 'update'
          ? validationError('The update expression attempted to update the secondary index key to unsupported type')
          : invalidValues(
              `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
            )
      }
      const fault = emptyFault(value)
      if (fault === undefined) continue
      throw validationError(
        by === 'put'
          ? `${indexKeyFault('A value specified for')} is not supported. ${fault} IndexName: ${index.name}, IndexKey: ${name}`
          : `${indexKeyFault('The update expression attempted to update')} to a value that is not supported. ${fault}`,
      )
    }
  }
}

const indexKeyFault = (subject: string) =>
  `One or more parameter values are not valid. ${subject} a secondary index key`

/**
 * Encodes a key attribute as bytes in DynamoDB's sort order: strings by UTF-8, binary by bytes, numbers by value.
 * Encodings of different types may be equal, but a key attribute has only one type.
 */
export function encodeKey(value: AttributeValue): Buffer {
  if (value.S !== undefined) return Buffer.from(value.S)
  if (value.B !== undefined) return bytesOf(value.B)
  return encodeNumber(value.N!)
}

/** Numbers range from 1e-130 to 9.9e125: with this offset an exponent fits in one byte. */
const exponentOffset = 130

/**
 * Sign, exponent, digits. Negative numbers are the complement of their positive, followed by a byte greater than every
 * digit, so that -1.5 sorts before -1.
 */
function encodeNumber(text: string): Buffer {
  if (text === '0') return Buffer.from([1])
  const number = decimalOf(text)
  const exponent = number.exponent + exponentOffset
  const digits = Array.from(number.digits, Number)
  return number.negative
    ? Buffer.from([0, 255 - exponent, ...digits.map((digit) => 10 - digit), 255])
    : Buffer.from([2, exponent, ...digits.map((digit) => digit + 1)])
}

/** The length of the hash at the start of an encoded partition key. */
const partitionHashBytes = 4

/** Partition keys are stored with a hash before them, since DynamoDB scans in the order of a hash, not of the keys. */
export function encodePartition(value: AttributeValue): Buffer {
  const key = encodeKey(value)
  return Buffer.concat([hash('md5', key, 'buffer').subarray(0, partitionHashBytes), key])
}

/** The smallest byte string greater than all that start with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: Buffer): Buffer | undefined {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 255) length--
  if (length === 0) return undefined
  const next = Buffer.from(prefix.subarray(0, length))
  next[length - 1]!++
  return next
}
