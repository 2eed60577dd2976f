import { AwsError } from '../wire/aws-error.ts'

/** The place of a value, on which the message for a wrong type depends. */
export type Place = 'member' | 'element'

export const modelPackage = 'com.amazonaws.dynamodb.v20120810'
const serializationError = (message: string) => new AwsError('SerializationException', message)
const scalarFault = { member: 'Unexpected field type', element: 'Unexpected value type in payload' } as const

function structureFound(value: object, javaType: string): AwsError {
  return serializationError(
    Array.isArray(value)
      ? `Unrecognized collection type class java.${javaType}`
      : 'Start of structure or map found where not expected',
  )
}

export function text(value: any): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object') throw structureFound(value, 'lang.String')
  throw serializationError(`${tokenName(value)} cannot be converted to String`)
}

function tokenName(value: number | boolean | string): string {
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'boolean') return `${String(value).toUpperCase()}_VALUE`
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
}

const truths = ['TRUE', '1', 'YES']
const falsehoods = ['FALSE', '0', 'NO']

export function boolean(value: any): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'object') throw structureFound(value, 'lang.Boolean')
  if (typeof value === 'number') throw serializationError(`${tokenName(value)} cannot be converted to Boolean`)
  const name = String(value).toUpperCase()
  if (!truths.includes(name) && !falsehoods.includes(name)) {
    throw serializationError('Unexpected token received from parser')
  }
  return truths.includes(name)
}

export function integer(value: any, type: 'Integer' | 'Long'): number {
  if (typeof value === 'number') return Math.floor(value)
  if (typeof value === 'object') throw structureFound(value, `lang.${type}`)
  throw serializationError(`${tokenName(value)} cannot be converted to ${type}`)
}

function checkBytes(value: any): void {
  if (typeof value === 'object') throw structureFound(value, 'nio.ByteBuffer')
  if (typeof value !== 'string') throw serializationError('only base-64-encoded strings are convertible to bytes')
  if (value.length % 4 !== 0) {
    throw serializationError(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`)
  }
  if (Buffer.from(value, 'base64').toString('base64') !== value) {
    throw serializationError('Invalid last non-pad Base64 character dectected')
  }
}

export function list(value: any, place: Place): unknown[] {
  if (Array.isArray(value)) return value
  throw serializationError(
    typeof value === 'object' ? 'Start of structure or map found where not expected' : scalarFault[place],
  )
}

export const map = (value: any, valueClass: string, place: Place): Record<string, unknown> =>
  object(
    value,
    `java.util.Map<java.lang.String, ${valueClass.includes('.') ? valueClass : `${modelPackage}.${valueClass}`}>`,
    place,
  )

export function object(value: any, javaClass: string, place: Place): Record<string, unknown> {
  if (typeof value !== 'object') throw serializationError(scalarFault[place])
  if (Array.isArray(value)) throw serializationError(`Unrecognized collection type ${javaClass}`)
  return value
}

/** Checks the types in an attribute value, and removes null and undeclared members. */
export function checkAttributeValue(value: unknown, place: Place): void {
  const read = object(value, `class ${modelPackage}.AttributeValue`, place)
  for (const type of Object.keys(read)) {
    const content: any = read[type]
    if (content === null || !Object.hasOwn(contents, type)) delete read[type]
    else contents[type]!(content, read)
  }
}

const members = (check: (member: unknown) => void) => (content: unknown) => {
  for (const member of list(content, 'member')) if (member !== null) check(member)
}
const checkElement = (value: unknown) => checkAttributeValue(value, 'element')

/** How the content of each type is checked. */
const contents: Readonly<Record<string, (content: any, value: Record<string, unknown>) => void>> = {
  S: text,
  N: text,
  B: checkBytes,
  BOOL: (content, value) => void (value['BOOL'] = boolean(content)),
  NULL: (content, value) => void (value['NULL'] = boolean(content)),
  SS: members(text),
  NS: members(text),
  BS: members(checkBytes),
  L: members(checkElement),
  M(content) {
    const entries = map(content, 'AttributeValue', 'member')
    for (const key of Object.keys(entries)) if (entries[key] !== null) checkElement(entries[key])
  },
}
