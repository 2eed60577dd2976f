import { hash } from 'node:crypto'
import { bytesOf, type AttributeValue } from './attribute-value.ts'
import { decimalOf } from './decimal.ts'

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
