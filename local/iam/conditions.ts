import { BlockList, isIP } from 'node:net'
import { compileArnPattern, compilePattern, type KeyValues, type Matcher } from './pattern.ts'

/** Evaluates the Condition element of a statement for a request. */
export type Condition = (keys: KeyValues) => boolean

/** The Condition element of a policy: operator → key → value(s). CloudFormation accepts booleans and numbers as values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Compiles one condition value of a policy. @throws Error when the value is not valid for the operator */
type Comparison = (expected: string, options: { variables: boolean }) => Matcher

interface Operator {
  readonly compare: Comparison
  /** `…Not…`: true when no value of the policy matches, and also when the request does not have the key. */
  readonly negated: boolean
}

/**
 * A key with several values matches no operator without `ForAllValues` or `ForAnyValue`: "Multivalued context keys require
 * a condition set operator" (IAM User Guide, Single-valued vs. multivalued context keys).
 * @throws Error naming an operator that IAM does not have, or a value that is not valid for its operator
 */
export function compileConditions(block: ConditionBlock | undefined, options: { variables: boolean }): Condition {
  const conditions = Object.entries(block ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileCondition(operator, key, asStrings(values), options)),
  )
  return (keys) => conditions.every((condition) => condition(keys))
}

function compileCondition(
  name: string,
  key: string,
  expected: readonly string[],
  options: { variables: boolean },
): Condition {
  const [, set, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? []
  const lowerKey = key.toLowerCase()
  if (base === 'Null' && !set && !ifExists) return nullCondition(lowerKey, expected)
  const operator = operators.get(base ?? '')
  if (!operator) throw new Error(`IAM has no condition operator ${name}.`)
  const matchers = expected.map((value) => operator.compare(value, options))
  const satisfies = (value: string, keys: KeyValues) =>
    matchers.some((matches) => matches(value, keys)) !== operator.negated
  return (keys) => {
    const actual = keys(lowerKey)
    switch (set) {
      // True without any value, which is why a policy that relies on it must also require the key.
      case 'ForAllValues':
        return membersOf(actual).every((value) => satisfies(value, keys))
      case 'ForAnyValue':
        return membersOf(actual).some((value) => satisfies(value, keys))
      default:
        if (actual === undefined || actual.length === 0) return operator.negated || ifExists !== undefined
        return actual.length === 1 && satisfies(actual[0]!, keys)
    }
  }
}

/**
 * The values that a set operator compares. Both also count a null data set as no value: ForAllValues is true if "the context
 * key value resolves to a null dataset, such as an empty string", ForAnyValue is false then, with or without `IfExists`.
 */
const membersOf = (actual: readonly string[] = []) => (actual.every((value) => value === '') ? [] : actual)

/** `"true"` requires that the key is absent from the request, `"false"` that it is present. */
function nullCondition(key: string, expected: readonly string[]): Condition {
  const accepted = expected.map((value) => boolean('Null', value))
  return (keys) => accepted.includes((keys(key)?.length ?? 0) === 0)
}

const text =
  (options: { wildcards: boolean; ignoreCase?: boolean }): Comparison =>
  (expected, { variables }) =>
    compilePattern(expected, { ...options, variables })

const arn: Comparison = (expected, options) => compileArnPattern(expected, options)

/** Compares values of a type other than string; a request's value that is not of that type never matches. */
const typed =
  (parse: (text: string) => number, holds: (actual: number, expected: number) => boolean): Comparison =>
  (expectedText) => {
    const expected = parse(expectedText)
    if (Number.isNaN(expected))
      throw new Error(`The condition value ${JSON.stringify(expectedText)} is not valid for its operator.`)
    return (actual) => holds(parse(actual), expected)
  }

const number = (value: string) => (value.trim() === '' ? Number.NaN : Number(value))

/** ISO 8601, or seconds since the epoch. */
const instant = (value: string) => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value))

const order = {
  Equals: (actual: number, expected: number) => actual === expected,
  LessThan: (actual: number, expected: number) => actual < expected,
  LessThanEquals: (actual: number, expected: number) => actual <= expected,
  GreaterThan: (actual: number, expected: number) => actual > expected,
  GreaterThanEquals: (actual: number, expected: number) => actual >= expected,
}

function boolean(operator: string, value: string): boolean {
  const lower = value.toLowerCase()
  if (lower !== 'true' && lower !== 'false')
    throw new Error(`${operator} compares with true or false, not ${JSON.stringify(value)}.`)
  return lower === 'true'
}

const bool: Comparison = (expectedText) => {
  const expected = String(boolean('Bool', expectedText))
  return (actual) => actual.toLowerCase() === expected
}

const binary: Comparison = (expected) => {
  const bytes = Buffer.from(expected, 'base64')
  return (actual) => Buffer.from(actual, 'base64').equals(bytes)
}

const address: Comparison = (expected) => {
  const [base = '', prefix] = expected.split('/')
  const version = isIP(base)
  if (version === 0) throw new Error(`The condition value ${JSON.stringify(expected)} is not an IP address range.`)
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const range = new BlockList()
  range.addSubnet(base, prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix), family)
  return (actual) => isIP(actual) === version && range.check(actual, family)
}

const is = (compare: Comparison): Operator => ({ compare, negated: false })
const isNot = (compare: Comparison): Operator => ({ compare, negated: true })

const exact = text({ wildcards: false })
const exactIgnoringCase = text({ wildcards: false, ignoreCase: true })
const like = text({ wildcards: true })

const operators = new Map<string, Operator>(
  Object.entries({
    StringEquals: is(exact),
    StringNotEquals: isNot(exact),
    StringEqualsIgnoreCase: is(exactIgnoringCase),
    StringNotEqualsIgnoreCase: isNot(exactIgnoringCase),
    StringLike: is(like),
    StringNotLike: isNot(like),
    // IAM treats ArnEquals and ArnLike the same: both accept wildcards.
    ArnEquals: is(arn),
    ArnLike: is(arn),
    ArnNotEquals: isNot(arn),
    ArnNotLike: isNot(arn),
    NumericEquals: is(typed(number, order.Equals)),
    NumericNotEquals: isNot(typed(number, order.Equals)),
    NumericLessThan: is(typed(number, order.LessThan)),
    NumericLessThanEquals: is(typed(number, order.LessThanEquals)),
    NumericGreaterThan: is(typed(number, order.GreaterThan)),
    NumericGreaterThanEquals: is(typed(number, order.GreaterThanEquals)),
    DateEquals: is(typed(instant, order.Equals)),
    DateNotEquals: isNot(typed(instant, order.Equals)),
    DateLessThan: is(typed(instant, order.LessThan)),
    DateLessThanEquals: is(typed(instant, order.LessThanEquals)),
    DateGreaterThan: is(typed(instant, order.GreaterThan)),
    DateGreaterThanEquals: is(typed(instant, order.GreaterThanEquals)),
    Bool: is(bool),
    BinaryEquals: is(binary),
    IpAddress: is(address),
    NotIpAddress: isNot(address),
  }),
)

const asStrings = (values: unknown): string[] => (Array.isArray(values) ? values : [values]).map(String)
