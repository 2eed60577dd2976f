import { AwsError, validationError } from '../wire/aws-error.ts'

/** The declaration of a request member: its type and constraints. */
export type Member = {
  readonly required?: boolean
  /** Bounds of a number, of the length of text, or of the number of elements. */
  readonly min?: number
  readonly max?: number
  readonly enum?: readonly string[]
  /** The pattern is part of the message. */
  readonly pattern?: string
  /** Newer messages contain the member's path as in the request and not its value. */
  readonly newMessages?: boolean
} & (
  | { readonly type: 'String' | 'Boolean' | 'Integer' | 'Long' }
  | { readonly type: 'AttributeValue' }
  | { readonly type: 'List'; readonly of: Member }
  | {
      readonly type: 'Map'
      /** The Java class of the values, which is part of a message. */
      readonly valueClass: string
      readonly of: Member
      readonly keys?: Pick<Member, 'min' | 'max' | 'pattern'>
      readonly values?: Pick<Member, 'min' | 'max'>
    }
  | { readonly type: 'Structure'; readonly name: string; readonly members: Members }
)

export type Members = Readonly<Record<string, Member>>

/** The place of a value, on which the message for a wrong type depends. */
type Place = 'member' | 'element'

/**
 * Reads the declared members of a request. Maps, and attribute values in them, are read in place.
 * @throws AwsError SerializationException for a value of a wrong type, else ValidationException that lists the
 *   violated constraints
 */
export function readMembers(input: Record<string, unknown>, members: Members): any {
  const reader = new Reader()
  const result = reader.structure(input, members, [])
  reader.throwViolations()
  return result
}

const reportedViolations = 10
const notNull = 'Member must not be null'
const entryAttributes = { enumerable: true, configurable: true, writable: true }

class Reader {
  readonly #violations: string[] = []

  throwViolations(): void {
    const count = this.#violations.length
    if (count > 0) {
      throw validationError(`${count} validation error${count > 1 ? 's' : ''} detected: ${this.#violations.join('; ')}`)
    }
  }

  structure(input: Record<string, unknown>, members: Members, path: readonly string[]): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const name of Object.keys(members)) {
      const member = members[name]!
      const value = Object.hasOwn(input, name) ? input[name] : undefined
      if (value !== undefined && value !== null) result[name] = this.#member(value, member, [...path, name], 'member')
      else if (member.required) this.#violation(member, [...path, name], null, notNull)
    }
    return result
  }

  #member(value: unknown, member: Member, path: readonly string[], place: Place): unknown {
    const read = this.#value(value, member, path, place)
    this.#constrain(read, member, path)
    return read
  }

  #value(value: unknown, member: Member, path: readonly string[], place: Place): unknown {
    switch (member.type) {
      case 'String':
        return text(value)
      case 'Boolean':
        return boolean(value)
      case 'Integer':
      case 'Long':
        return integer(value, member.type)
      case 'AttributeValue':
        checkAttributeValue(value, place)
        return value
      case 'List':
        return list(value, place).map((element, index) => this.#element(element, member.of, path, String(index + 1)))
      case 'Map': {
        const entries = map(value, member.valueClass, place)
        for (const key of Object.keys(entries)) {
          const entry = this.#element(entries[key], member.of, path, key)
          // An assignment to `__proto__` would not replace an entry.
          if (entry !== entries[key]) Object.defineProperty(entries, key, { ...entryAttributes, value: entry })
        }
        return entries
      }
      case 'Structure':
        return this.structure(object(value, `class ${modelPackage}.${member.name}`, place), member.members, path)
      default:
        return member satisfies never
    }
  }

  #element(value: unknown, member: Member, path: readonly string[], key: string): unknown {
    if (value === null) return this.#violation(member, [...path, key, 'member'], null, notNull)
    if (member.type === 'AttributeValue') {
      checkAttributeValue(value, 'element')
      return value
    }
    return this.#member(value, member, [...path, key, 'member'], 'element')
  }

  #constrain(value: any, member: Member, path: readonly string[]): void {
    const violated = (constraint: string) => this.#violation(member, path, value, constraint)
    if (member.enum && !member.enum.includes(value)) {
      violated(`Member must satisfy enum value set: [${member.enum.join(', ')}]`)
    }
    if (member.pattern !== undefined && !matches(value, member.pattern)) {
      violated(`Member must satisfy regular expression pattern: ${member.pattern}`)
    }
    const { size, what } =
      typeof value === 'number' ? { size: value, what: 'value' } : { size: lengthOf(value), what: 'length' }
    if (member.min !== undefined && size < member.min)
      violated(`Member must have ${what} greater than or equal to ${member.min}`)
    if (member.max !== undefined && size > member.max)
      violated(`Member must have ${what} less than or equal to ${member.max}`)
    if (member.type !== 'Map') return
    const { keys, values } = member
    if (keys && Object.keys(value).some((key) => outside(key.length, keys) || !matches(key, keys.pattern!))) {
      violated(
        `Map keys must satisfy constraint: [${bounds(keys)}, Member must satisfy regular expression pattern: ${keys.pattern}]`,
      )
    }
    if (values && Object.values(value).some((entry) => outside(lengthOf(entry), values))) {
      violated(`Map value must satisfy constraint: [${bounds(values)}]`)
    }
  }

  #violation(member: Member, path: readonly string[], value: unknown, constraint: string): void {
    if (this.#violations.length === reportedViolations) return
    const subject = member.newMessages
      ? `Value at '${path.join('.')}'`
      : `Value ${value === null ? 'null' : `'${javaText(value, member)}'`} at '${path.map(lowerFirst).join('.')}'`
    this.#violations.push(`${subject} failed to satisfy constraint: ${constraint}`)
  }
}

const lowerFirst = (name: string) => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`
const matches = (value: string, pattern: string) => new RegExp(`^${pattern}$`).test(value)
/** An element that is missing has been reported already. */
const lengthOf = (value: any): number => value?.length ?? Object.keys(value ?? {}).length
const outside = (size: number, { min = 0, max = Infinity }: Pick<Member, 'min' | 'max'>) => size < min || size > max
const bounds = ({ min, max }: Pick<Member, 'min' | 'max'>) =>
  `Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}`

/** A value as Java prints it in messages. */
function javaText(value: any, member: Member): string {
  if (value === null || value === undefined) return 'null'
  switch (member.type) {
    case 'List':
      return `[${value.map((element: unknown) => javaText(element, member.of)).join(', ')}]`
    case 'Map':
      return `{${Object.keys(value)
        .map((key) => `${key}=${javaText(value[key], member.of)}`)
        .join(', ')}}`
    case 'Structure': {
      const members = Object.keys(value).map(
        (name) => `${lowerFirst(name)}=${javaText(value[name], member.members[name]!)}`,
      )
      return `${member.name}(${members.join(', ')})`
    }
    case 'AttributeValue':
      return `AttributeValue(${Object.keys(value)
        .map((type) => `${type.toLowerCase()}=${JSON.stringify(value[type])}`)
        .join(', ')})`
    default:
      return String(value)
  }
}

const modelPackage = 'com.amazonaws.dynamodb.v20120810'
const serializationError = (message: string) => new AwsError('SerializationException', message)
const scalarFault = { member: 'Unexpected field type', element: 'Unexpected value type in payload' } as const

function structureFound(value: object, javaType: string): AwsError {
  return serializationError(
    Array.isArray(value)
      ? `Unrecognized collection type class java.${javaType}`
      : 'Start of structure or map found where not expected',
  )
}

function text(value: any): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object') throw structureFound(value, 'lang.String')
  throw serializationError(`${tokenName(value)} cannot be converted to String`)
}

const tokenName = (value: number | boolean) =>
  typeof value === 'boolean'
    ? `${String(value).toUpperCase()}_VALUE`
    : Number.isInteger(value)
      ? 'NUMBER_VALUE'
      : 'DECIMAL_VALUE'

const booleans: Readonly<Record<string, boolean>> = {
  TRUE: true,
  1: true,
  YES: true,
  FALSE: false,
  0: false,
  NO: false,
}

function boolean(value: any): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'object') throw structureFound(value, 'lang.Boolean')
  if (typeof value === 'number') throw serializationError(`${tokenName(value)} cannot be converted to Boolean`)
  const name = String(value).toUpperCase()
  if (!Object.hasOwn(booleans, name)) throw serializationError('Unexpected token received from parser')
  return booleans[name]!
}

function integer(value: any, type: 'Integer' | 'Long'): number {
  if (typeof value === 'number') return Math.floor(value)
  if (typeof value === 'object') throw structureFound(value, `lang.${type}`)
  throw serializationError(
    `${typeof value === 'string' ? 'STRING_VALUE' : tokenName(value)} cannot be converted to ${type}`,
  )
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

function list(value: any, place: Place): unknown[] {
  if (Array.isArray(value)) return value
  throw serializationError(
    typeof value === 'object' ? 'Start of structure or map found where not expected' : scalarFault[place],
  )
}

const map = (value: any, valueClass: string, place: Place): Record<string, unknown> =>
  object(
    value,
    `java.util.Map<java.lang.String, ${valueClass.includes('.') ? valueClass : `${modelPackage}.${valueClass}`}>`,
    place,
  )

function object(value: any, javaClass: string, place: Place): Record<string, unknown> {
  if (typeof value !== 'object') throw serializationError(scalarFault[place])
  if (Array.isArray(value)) throw serializationError(`Unrecognized collection type ${javaClass}`)
  return value
}

/** Checks the types in an attribute value, and removes null and undeclared members. */
function checkAttributeValue(value: unknown, place: Place): void {
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
