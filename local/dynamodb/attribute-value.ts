import { canonicalNumber, compareNumbers, decimalOf, type ValueFault } from './decimal.ts'

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

export type SetType = 'SS' | 'NS' | 'BS'

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

/**
 * The members of a set, sorted. "The order of the values within a set is not preserved" (DynamoDB developer guide,
 * Supported data types): DynamoDB returns strings and binary in the order of their bytes, and numbers by value.
 */
export function sortedMembers(type: SetType, members: readonly string[]): string[] {
  const scalar = type.charAt(0)
  return members.toSorted((a, b) => compareValues({ [scalar]: a }, { [scalar]: b })!)
}

/** "DynamoDB supports nested attributes up to 32 levels deep" (Developer Guide, Constraints); the attribute is the first. */
const nestedLevels = 31
const invalid = (fault: string) => `One or more parameter values were invalid: ${fault}`

export const tooDeep: ValueFault = {
  fault:
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
}

/** Validates the values of an item or key and converts their numbers to canonical form. */
export function itemFault(item: Item): ValueFault | undefined {
  if (Object.hasOwn(item, '')) return { fault: 'Empty attribute name' }
  return childrenFault(Object.values(item), nestedLevels + 1)
}

/** As {@link itemFault}, for one value. */
export function attributeValueFault(value: AttributeValue | null, levels = nestedLevels): ValueFault | undefined {
  const types = Object.keys(value ?? {}) as AttributeType[]
  if (value === null || types.length === 0) {
    return { fault: 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes' }
  }
  for (const type of types) {
    const fault = contentFault(value, type, levels)
    if (fault !== undefined) return fault
  }
  if (types.length === 1) return undefined
  return {
    fault:
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  }
}

function contentFault(value: AttributeValue, type: AttributeType, levels: number): ValueFault | undefined {
  switch (type) {
    case 'S':
    case 'B':
    case 'BOOL':
      return undefined
    case 'N': {
      const number = canonicalNumber(value.N!)
      if ('fault' in number) return number
      value.N = number.text
      return undefined
    }
    case 'NULL':
      return value.NULL ? undefined : { fault: invalid('Null attribute value types must have the value of true') }
    case 'SS':
    case 'NS':
    case 'BS':
      return setFault(type, value)
    case 'L':
      return childrenFault(value.L!, levels)
    case 'M':
      return childrenFault(Object.values(value.M!), levels)
    default:
      return type satisfies never
  }
}

const ifEmpty: Readonly<Record<SetType, string>> = {
  SS: 'An string set  may not be empty',
  NS: 'An number set  may not be empty',
  BS: 'Binary sets should not be empty',
}

function setFault(type: SetType, value: AttributeValue): ValueFault | undefined {
  const members = value[type]!
  if (members.length === 0) return { fault: invalid(ifEmpty[type]) }
  if (members.includes(null as never)) {
    return { fault: invalid('An string set may not have a null string as a member') }
  }
  const fault = type === 'NS' ? numbersFault(members) : undefined
  if (fault !== undefined) return fault
  if (new Set(members).size < members.length) return duplicatesFault(type, members)
  value[type] = sortedMembers(type, members)
  return undefined
}

function numbersFault(members: string[]): ValueFault | undefined {
  for (const [position, member] of members.entries()) {
    const number = canonicalNumber(member)
    if ('fault' in number) return number
    members[position] = number.text
  }
  return undefined
}

const duplicatesIn = (collection: string) => `Input collection ${collection}contains duplicates`

function duplicatesFault(type: SetType, members: readonly string[]): ValueFault {
  if (type === 'NS') return { fault: `${invalid(duplicatesIn(''))}.`, olderFault: duplicatesIn('') }
  const [separator, ofType] = type === 'BS' ? [',', 'of type BS '] : [', ', ' ']
  const repeated = members.findIndex((member, position) => members.indexOf(member) < position)
  // The members are sorted until one is found again.
  const found = [...sortedMembers(type, members.slice(0, repeated)), ...members.slice(repeated)]
  return {
    fault: `${invalid(duplicatesIn(`[${found.map((member) => `"${member}"`).join(separator)}]${ofType}`))}.`,
    olderFault: `${invalid(duplicatesIn(`[${members.join(', ')}]${ofType}`))}.`,
  }
}

function childrenFault(children: readonly AttributeValue[], levels: number): ValueFault | undefined {
  if (levels === 0 && children.length > 0) return tooDeep
  for (const child of children) {
    const fault = attributeValueFault(child, levels - 1)
    if (fault !== undefined) return fault
  }
  return undefined
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
