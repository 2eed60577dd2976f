import { isObject, parsedJson } from '../json.ts'
import { AwsError } from '../wire/aws-error.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Whether an event, as the JSON that targets receive, matches a pattern. */
export type Matcher = (event: Json | undefined) => boolean

type Accepts = (value: Json) => boolean

/**
 * Compiles an event pattern.
 * @param pattern the object, or its JSON text
 * @throws AwsError InvalidEventPatternException
 */
export function compilePattern(pattern: unknown): Matcher {
  const parsed = (typeof pattern === 'string' ? parsedJson(pattern) : pattern) as Json | undefined
  if (parsed === undefined) throw invalid('Filter is not valid JSON')
  if (!isObject(parsed)) throw invalid('Filter is not an object')
  return compileFields(parsed)
}

/** All fields must match; `$or` matches when one of its patterns does. */
function compileFields(pattern: Record<string, Json>): Matcher {
  const fields = Object.entries(pattern)
  if (fields.length === 0) throw invalid('Empty objects are not allowed')
  const matchers = fields.map(([name, value]) => (name === '$or' ? compileOr(value) : compileField(name, value)))
  return (event) => matchers.every((matches) => matches(event))
}

function compileOr(alternatives: Json): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every((each) => isObject(each)))
    throw invalid('"$or" must be an array of at least two objects')
  const matchers = alternatives.map(compileFields)
  return (event) => matchers.some((matches) => matches(event))
}

function compileField(name: string, value: Json): Matcher {
  if (name.includes('.')) throw invalid(`the name "${name}" with a dot, instead of levels, is not emulated`)
  const memberOf = (event: Json | undefined) =>
    isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined
  if (isObject(value)) {
    const matches = compileFields(value)
    // An array of objects matches when all fields of the pattern match the same element.
    return (event) => {
      const member = memberOf(event)
      return Array.isArray(member) && member.length > 0 ? member.some(matches) : matches(member)
    }
  }
  if (!Array.isArray(value) || value.length === 0) throw invalid(`"${name}" must be an object or a non-empty array`)
  const conditions = value.map(compileCondition)
  return (event) => {
    const values = leaves(memberOf(event))
    return conditions.some((holds) => holds(values))
  }
}

/** The values that conditions are matched against: not objects, whose fields a pattern names. */
function leaves(value: Json | undefined): Json[] {
  if (value === undefined || isObject(value)) return []
  return Array.isArray(value) ? value.flatMap(leaves) : [value]
}

/** One element of a pattern's array. An array in the event matches when one of its values does. */
function compileCondition(condition: Json): (values: readonly Json[]) => boolean {
  if (Array.isArray(condition)) throw invalid('Arrays in an array of conditions are not allowed')
  if (!isObject(condition)) return (values) => values.includes(condition)
  const [operator, operand] = onlyEntry(condition)
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw invalid('"exists" match pattern must be either true or false')
    return (values) => values.length > 0 === operand
  }
  const accepts = operatorOf(operators, operator)(operand)
  return (values) => values.some(accepts)
}

function onlyEntry(object: Record<string, Json>): [operator: string, operand: Json] {
  const [entry, ...more] = Object.entries(object)
  if (!entry || more.length > 0) throw invalid('Exactly one key is allowed in a match expression')
  return entry
}

type Operators = Readonly<Record<string, (operand: Json) => Accepts>>

function operatorOf(known: Operators, name: string): (operand: Json) => Accepts {
  if (!Object.hasOwn(known, name)) throw invalid(`The match type ${name} is not valid or not emulated`)
  return known[name]!
}

const onText =
  (test: (value: string, wanted: string) => boolean) =>
  (operand: Json): Accepts => {
    if (typeof operand !== 'string') throw invalid(`${JSON.stringify(operand)} must be a string`)
    return (value) => typeof value === 'string' && test(value, operand)
  }

const textOperators: Operators = {
  prefix: onText((value, wanted) => value.startsWith(wanted)),
  suffix: onText((value, wanted) => value.endsWith(wanted)),
  'equals-ignore-case': onText((value, wanted) => value.toLowerCase() === wanted.toLowerCase()),
}

const operators: Operators = { ...textOperators, 'anything-but': anythingBut, numeric }

/** `"a"`, `["a", 1]`, `{ "prefix": "a" }` or `{ "prefix": ["a", "b"] }` */
function anythingBut(operand: Json): Accepts {
  const [compile, values] = isObject(operand) ? negated(operand) : [equalTo, [operand].flat()]
  if (values.length === 0) throw invalid('Empty arrays are not allowed')
  const excluded = values.map(compile)
  return (value) => !excluded.some((accepts) => accepts(value))
}

function negated(operand: Record<string, Json>): [compile: (operand: Json) => Accepts, values: Json[]] {
  const [operator, texts] = onlyEntry(operand)
  return [operatorOf(textOperators, operator), [texts].flat()]
}

function equalTo(operand: Json): Accepts {
  if (typeof operand !== 'string' && typeof operand !== 'number')
    throw invalid('Inside anything but list, start|null|boolean is not supported.')
  return (value) => value === operand
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

/** `["=", 5]`, `["<", 5]`, or a range: `[">", 0, "<=", 5]` */
function numeric(operand: Json): Accepts {
  const list = Array.isArray(operand) ? operand : []
  const form = list.map((each) => (typeof each === 'number' ? 'number' : JSON.stringify(each))).join(' ')
  if (!/^"(=|[<>]=?)" number$|^">=?" number "<=?" number$/.test(form))
    throw invalid('Value of numeric must be an array of an operator and a number, or of a lower and an upper bound')
  const pairs = [list.slice(0, 2), list.slice(2)].filter(({ length }) => length > 0) as [string, number][]
  return (value) =>
    typeof value === 'number' && pairs.every(([operator, bound]) => comparisons[operator]!(value, bound))
}

const invalid = (reason: string) =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)
