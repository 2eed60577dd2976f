import { compileArnPattern, compilePattern, type KeyValues, type Matcher } from './pattern.ts'

/** A key that a statement compares, with the operator, as the policy writes it: `StringLike dynamodb:LeadingKeys`. */
export interface ComparedKey {
  readonly text: string
  /** In lower case. */
  readonly key: string
}

/** Evaluates the Condition element of a statement for a request. @returns the first key that does not satisfy it */
export type Condition = (keys: KeyValues) => ComparedKey | undefined

/** The Condition element of a policy: operator → key → value(s). CloudFormation accepts booleans and numbers as values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, unknown>>>>

interface Options {
  /** Whether values may contain policy variables. */
  readonly variables: boolean
}

/**
 * A key with several values matches no operator without `ForAllValues` or `ForAnyValue`: "Multivalued context keys require
 * a condition set operator" (IAM User Guide, Single-valued vs. multivalued context keys).
 * @throws Error naming an operator that is not supported, or a value that is not valid for its operator
 */
export function compileConditions(block: ConditionBlock | undefined, options: Options): Condition {
  const conditions = Object.entries(block ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([name, values]) => {
      const key = name.toLowerCase()
      const satisfies = compileCondition(operator, key, [values].flat().map(String), options)
      return { text: `${operator} ${name}`, key, satisfies }
    }),
  )
  return (keys) => conditions.find(({ satisfies }) => !satisfies(keys))
}

function compileCondition(
  name: string,
  key: string,
  expected: readonly string[],
  options: Options,
): (keys: KeyValues) => boolean {
  if (name === 'Null') return nullCondition(key, expected)
  const [, set, operator = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? []
  // `…Not…` is true when no value of the policy matches, and also when the request does not have the key.
  const isNegated = /Not(Equals|Like)$/.test(operator)
  const compare = comparisons.get(isNegated ? operator.replace('Not', '') : operator)
  if (!compare) throw new Error(`The condition operator ${name} is not supported.`)
  const matchers = expected.map((value) => compare(value, options))
  const satisfies = (value: string, keys: KeyValues) => matchers.some((matches) => matches(value, keys)) !== isNegated
  return (keys) => {
    const actual = keys(key)
    // True without any value, which is why a policy that relies on it must also require the key.
    if (set === 'ForAllValues') return membersOf(actual).every((value) => satisfies(value, keys))
    if (set === 'ForAnyValue') return membersOf(actual).some((value) => satisfies(value, keys))
    if (actual === undefined || actual.length === 0) return isNegated || ifExists !== undefined
    return actual.length === 1 && satisfies(actual[0]!, keys)
  }
}

/**
 * The values that a set operator compares. Both also count a null data set as no value: ForAllValues is true if "the context
 * key value resolves to a null dataset, such as an empty string", ForAnyValue is false then, with or without `IfExists`.
 */
const membersOf = (actual: readonly string[] = []) => (actual.every((value) => value === '') ? [] : actual)

/** `"true"` requires that the key is absent from the request, `"false"` that it is present. */
function nullCondition(key: string, expected: readonly string[]): (keys: KeyValues) => boolean {
  const accepted = expected.map(booleanText)
  return (keys) => accepted.includes(String((keys(key)?.length ?? 0) === 0))
}

/** Compiles one condition value of a policy. @throws Error when the value is not valid for the operator */
type Comparison = (expected: string, options: Options) => Matcher

const text =
  (wildcards: boolean): Comparison =>
  (expected, { variables }) =>
    compilePattern(expected, { wildcards, variables })

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

function booleanText(value: string): string {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase()
  throw new Error(`The condition value ${JSON.stringify(value)} must be true or false.`)
}

const bool: Comparison = (expectedText) => {
  const expected = booleanText(expectedText)
  return (actual) => actual.toLowerCase() === expected
}

const orders: Readonly<Record<string, (actual: number, expected: number) => boolean>> = {
  Equals: (actual, expected) => actual === expected,
  LessThan: (actual, expected) => actual < expected,
  LessThanEquals: (actual, expected) => actual <= expected,
  GreaterThan: (actual, expected) => actual > expected,
  GreaterThanEquals: (actual, expected) => actual >= expected,
}

const comparisons = new Map<string, Comparison>([
  ['StringEquals', text(false)],
  ['StringLike', text(true)],
  // IAM treats ArnEquals and ArnLike the same: both accept wildcards.
  ['ArnEquals', compileArnPattern],
  ['ArnLike', compileArnPattern],
  ['Bool', bool],
  ...Object.entries(orders).flatMap(([name, holds]): [string, Comparison][] => [
    [`Numeric${name}`, typed(number, holds)],
    [`Date${name}`, typed(instant, holds)],
  ]),
])
