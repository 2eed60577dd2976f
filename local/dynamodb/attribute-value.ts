import { AwsError, validationError } from '../wire/aws-error.ts'
import { canonicalNumber, compareNumbers, decimalOf } from './decimal.ts'

/** A value in wire format: exactly one member is set; numbers are decimal text, bytes are base64. */
export interface AttributeValue {
  S?: string
  N?: string
  B?: string
  BOOL?: boolean
  NULL?: boolean
  SS?: string[]
  NS?: string[]
  BS?: string[]
  L?: AttributeValue[]
  M?: Item
}

export type Item = Record<string, AttributeValue>

export type AttributeType = keyof AttributeValue

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType
  throw new Error('A value without a type is rejected with its request.')
}

export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** Equality as in DynamoDB: sets and maps have no order; numbers must be in canonical form. */
export function valuesEqual(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const type = typeOf(a)
  if (type !== typeOf(b)) return false
  switch (type) {
    case 'SS':
    case 'NS':
    case 'BS':
      return setsEqual(a[type]!, b[type]!)
    case 'L':
      return a.L!.length === b.L!.length && a.L!.every((element, index) => valuesEqual(element, b.L![index]))
    case 'M':
      return itemsEqual(a.M!, b.M!)
    default:
      return a[type] === b[type]
  }
}

export function itemsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => valuesEqual(a[name], b[name]))
}

function setsEqual(a: string[], b: string[]): boolean {
  if (a.length !== b.length) return false
  const members = new Set(a)
  return b.every((member) => members.has(member))
}

/** Order of two scalars of the same type, or undefined when they cannot be compared. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N)
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S))
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(bytesOf(a.B), bytesOf(b.B))
  return undefined
}

const nestingLimit = 32
const invalid = (reason: string) => validationError(`One or more parameter values were invalid: ${reason}`)
const wrongType = (type: string) =>
  new AwsError('SerializationException', `The content of an attribute value of type ${type} has a wrong type.`)
const exactlyOne = 'must contain exactly one of the supported datatypes'

/** Checks a value of a request, and converts its numbers to canonical form. @throws AwsError with DynamoDB's message */
export function checkValue(value: any, levels = nestingLimit): void {
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw wrongType('AttributeValue')
  for (const type in value) if (value[type] === null) delete value[type]
  const types = Object.keys(value ?? {})
  if (types.length === 0) throw validationError(`Supplied AttributeValue is empty, ${exactlyOne}`)
  if (types.length > 1) throw validationError(`Supplied AttributeValue has more than one datatypes set, ${exactlyOne}`)
  const type = types[0] as AttributeType
  switch (type) {
    case 'S':
    case 'B':
      checkScalar(value[type], type)
      return
    case 'N':
      value.N = canonicalNumber(checkScalar(value.N, type))
      return
    case 'BOOL':
    case 'NULL':
      if (typeof value[type] !== 'boolean') throw wrongType(type)
      if (type === 'NULL' && !value.NULL) throw invalid('Null attribute value types must have the value of true')
      return
    case 'SS':
    case 'NS':
    case 'BS':
      value[type] = checkedSet(value[type], type)
      return
    case 'L':
      if (!Array.isArray(value.L)) throw wrongType(type)
      checkChildren(value.L, levels)
      return
    case 'M':
      if (typeof value.M !== 'object' || Array.isArray(value.M)) throw wrongType(type)
      checkChildren(Object.values(value.M), levels)
      return
    default:
      throw wrongType(type satisfies never)
  }
}

function checkScalar(content: unknown, type: AttributeType): string {
  if (typeof content !== 'string') throw wrongType(type)
  if (type === 'B' && bytesOf(content).toString('base64') !== content) throw wrongType(type)
  return content
}

const emptySets = {
  SS: 'An string set  may not be empty',
  NS: 'An number set  may not be empty',
  BS: 'Binary sets should not be empty',
}
const memberTypes = { SS: 'S', NS: 'N', BS: 'B' } as const

function checkedSet(content: unknown, type: keyof typeof memberTypes): string[] {
  if (!Array.isArray(content)) throw wrongType(type)
  if (content.length === 0) throw invalid(emptySets[type])
  const texts = content.map((member) => checkScalar(member, memberTypes[type]))
  const members = type === 'NS' ? texts.map(canonicalNumber) : texts
  if (new Set(members).size === members.length) return members
  throw invalid(`Input collection [${members.join(', ')}] contains duplicates.`)
}

function checkChildren(children: readonly unknown[], levels: number): void {
  if (levels === 0 && children.length > 0) throw validationError('Nesting Levels have exceeded supported limits')
  for (const child of children) checkValue(child, levels - 1)
}

/** The size of an item in bytes as DynamoDB counts it for limits and capacity: names and values, in UTF-8. */
export function itemSize(item: Item): number {
  let size = 0
  for (const name of Object.keys(item)) size += Buffer.byteLength(name) + valueSize(item[name]!)
  return size
}

/** Lists and maps take three bytes, and one for each element. */
const collectionOverhead = 3

function valueSize(value: AttributeValue): number {
  const type = typeOf(value)
  switch (type) {
    case 'S':
      return Buffer.byteLength(value.S!)
    case 'N':
      return numberSize(value.N!)
    case 'B':
      return bytesOf(value.B!).length
    case 'BOOL':
    case 'NULL':
      return 1
    case 'SS':
      return sum(value.SS!, (member) => Buffer.byteLength(member))
    case 'NS':
      return sum(value.NS!, numberSize)
    case 'BS':
      return sum(value.BS!, (member) => bytesOf(member).length)
    case 'L':
      return collectionOverhead + sum(value.L!, (element) => 1 + valueSize(element))
    case 'M':
      return collectionOverhead + Object.keys(value.M!).length + itemSize(value.M!)
    default:
      return type satisfies never
  }
}

/**
 * Two digits take a byte, paired from the decimal point on, and the exponent one; a negative sign takes one more. Zero
 * takes one byte.
 */
function numberSize(text: string): number {
  if (text === '0') return 1
  const { digits, exponent, negative } = decimalOf(text)
  const leadingZero = exponent % 2 === 0 ? 1 : 0
  return Math.ceil((digits.length + leadingZero) / 2) + 1 + (negative ? 1 : 0)
}

const sum = <T>(values: readonly T[], size: (value: T) => number) => values.reduce((all, value) => all + size(value), 0)
