import { AwsError, validationError } from '../wire/aws-error.ts'
import { itemFault, type Item } from './attribute-value.ts'
import type { ValueFault } from './decimal.ts'
import type { Member, Members } from './members.ts'
import { tableNameOf } from './schema.ts'
import {
  boolean,
  checkAttributeValue,
  integer,
  list,
  map,
  modelPackage,
  object,
  text,
  type Place,
} from './wire-types.ts'

/** Legacy parameters, which expressions replaced; every SDK still has them. */
const legacyMembers = {
  AttributesToGet: 'ProjectionExpression',
  AttributeUpdates: 'UpdateExpression',
  Expected: 'ConditionExpression',
  QueryFilter: 'FilterExpression',
  ScanFilter: 'FilterExpression',
  ConditionalOperator: 'ConditionExpression',
  KeyConditions: 'KeyConditionExpression',
} as const

const expressionMembers = [
  'ProjectionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'UpdateExpression',
  'ConditionExpression',
]

/**
 * Copies the members that an operation declares and validates their types and constraints. Maps, and attribute values in
 * them, are read in place.
 * @throws AwsError SerializationException for a value of a wrong type, else ValidationException that lists the violated
 *   constraints, with DynamoDB's message
 */
export function parseRequest(input: any, members: Members): any {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'Start of structure expected')
  }
  const reader = new Reader()
  const result = reader.structure(input, members, [])
  reader.throwViolations()
  return result
}

/** @throws AwsError ValidationException that names the expression to use */
function rejectLegacy(input: Record<string, unknown>): void {
  const legacy = Object.keys(legacyMembers).filter((member) => input[member] !== undefined)
  if (legacy.length === 0) return
  const expressions = expressionMembers.filter((member) => input[member] !== undefined)
  if (expressions.length > 0 && !hasKeyConditionsWithFilter(input)) {
    throw validationError(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${legacy.join(', ')}} Expression parameters: {${expressions.join(', ')}}`,
    )
  }
  const member = legacy[0] as keyof typeof legacyMembers
  throw validationError(`The legacy parameter ${member} is not emulated; use ${legacyMembers[member]}.`)
}

/** The only combination of both that DynamoDB accepts. */
const hasKeyConditionsWithFilter = (input: Record<string, unknown>) =>
  input['KeyConditions'] !== undefined && input['KeyConditionExpression'] === undefined

/** An invalid value in an item, or the value of a placeholder. */
export class InvalidValue extends AwsError {
  readonly olderMessage: string

  constructor({ fault, olderFault = fault }: ValueFault, placeholder?: string) {
    super('ValidationException', fault)
    this.olderMessage =
      placeholder === undefined
        ? olderFault
        : `ExpressionAttributeValues contains invalid value: ${olderFault} for key ${placeholder}`
  }
}

/** Validates the values of an item or key and converts their numbers to canonical form. @throws InvalidValue */
export function checkItem(item: Item): void {
  const fault = itemFault(item)
  if (fault) throw new InvalidValue(fault)
}

/**
 * How an operation reports an error in its parameters: `counted` begins with the number of errors, as for constraints;
 * `older` has an older message for an invalid value. AWS replaces the validation of one operation after the other; the
 * public conformance suite nubo-db/dynamodb-conformance has recorded this state.
 */
export type Wording = 'counted' | 'plain' | 'older'

/** A request with more levels is read by the older validation of any operation. */
const readableLevels = 127

export function reworded(error: unknown, wording: Wording, request: object): unknown {
  if (!(error instanceof AwsError)) return error
  if (wording === 'older' || levelsOf(request) > readableLevels) {
    return error instanceof InvalidValue ? validationError(error.olderMessage) : error
  }
  return wording === 'counted' ? validationError(`1 validation error detected: ${error.message}`) : error
}

const levelsOf = (value: unknown): number =>
  value === null || typeof value !== 'object'
    ? 0
    : 1 + Object.values(value).reduce((most, each) => Math.max(most, levelsOf(each)), 0)

const reportedViolations = 10
const notNull = 'Member must not be null'
const entryAttributes = { enumerable: true, configurable: true, writable: true }

const withTableNames = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [tableNameOf(name), entry]))

class Reader {
  readonly #violations: { readonly message: string; readonly precedence: number }[] = []
  #isIncomplete = false

  throwViolations(): void {
    if (this.#violations.length === 0) return
    const first = Math.min(...this.#violations.map(({ precedence }) => precedence))
    const reported = this.#violations.filter(({ precedence }) => this.#isIncomplete || precedence === first)
    throw validationError(
      `${reported.length} validation error${reported.length > 1 ? 's' : ''} detected: ${reported.map(({ message }) => message).join('; ')}`,
    )
  }

  structure(input: Record<string, unknown>, members: Members, path: readonly string[]): Record<string, unknown> {
    rejectLegacy(input)
    const result: Record<string, unknown> = {}
    for (const name of Object.keys(members)) {
      const member = members[name]!
      const value = Object.hasOwn(input, name) ? input[name] : undefined
      if (value !== undefined && value !== null) result[name] = this.#member(value, member, [...path, name], 'member')
      else if (member.required) {
        this.#isIncomplete = true
        this.#violation(member, [...path, name], null, notNull)
      }
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
      case 'TableName':
        return tableNameOf(text(value))
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
        const read = map(value, member.valueClass, place)
        const entries = member.keys ? withTableNames(read) : read
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
    if (member.type === 'TableName' && value === '') {
      this.#violation({ ...member, precedence: 0 }, path, value, 'Member must have length greater than or equal to 1')
      return
    }
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
    const message = `${subject} failed to satisfy constraint: ${constraint}`
    this.#violations.push({ message, precedence: member.precedence ?? 1 })
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
      if (member.printedAsJson) return JSON.stringify(value)
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

/** @throws AwsError ValidationException when a batch is empty or too large */
export function requireBatch(operation: string, entries: readonly (readonly unknown[])[], limit: number): void {
  if (entries.length === 0) {
    throw validationError(
      "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  }
  if (entries.flat().length > limit) throw validationError(`Too many items requested for the ${operation} call`)
}
