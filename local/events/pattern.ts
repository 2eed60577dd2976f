import { compileCondition, invalidPattern, type Condition, type Json } from './pattern-condition.ts'

/** Whether an event, as the JSON that targets receive, matches the pattern of a rule. */
export type Matcher = (event: Json | undefined) => boolean

/**
 * Compiles an event pattern.
 * @param pattern the object, or its JSON text
 * @throws AwsError InvalidEventPatternException
 */
export function compilePattern(pattern: unknown): Matcher {
  const parsed = typeof pattern === 'string' ? parse(pattern) : pattern
  if (!isObject(parsed)) throw invalidPattern('Filter is not an object')
  return compileObject(parsed)
}

/** All fields of a pattern must match; `$or` matches when one of its patterns does. */
function compileObject(pattern: Record<string, Json>): Matcher {
  const fields = Object.entries(pattern)
  if (fields.length === 0) throw invalidPattern('Empty objects are not allowed')
  const matchers = fields.map(([name, value]) => (name === '$or' ? compileOr(value) : compileField(name, value)))
  return (event) => matchers.every((matches) => matches(event))
}

function compileOr(alternatives: Json): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) {
    throw invalidPattern('"$or" must be an array of at least two objects')
  }
  const matchers = alternatives.map((alternative) => compileObject(alternative))
  return (event) => matchers.some((matches) => matches(event))
}

function compileField(name: string, value: Json): Matcher {
  if (isObject(value)) return nested(name, compileObject(value))
  if (!Array.isArray(value)) throw invalidPattern(`"${name}" must be an object or an array`)
  if (value.length === 0) throw invalidPattern('Empty arrays are not allowed')
  const conditions = value.map(compileCondition)
  return (event) => {
    const values = leaves(memberOf(event, name))
    return conditions.some((condition) => meets(condition, values))
  }
}

/** An array of objects matches when all fields of the pattern match the same element. */
function nested(name: string, matches: Matcher): Matcher {
  return (event) => {
    const member = memberOf(event, name)
    return Array.isArray(member) && member.length > 0 ? member.some(matches) : matches(member)
  }
}

/** An array in the event matches when one of its values does. */
const meets = (condition: Condition, values: Json[]) =>
  condition.on === 'presence' ? condition.present === values.length > 0 : values.some(condition.accepts)

const memberOf = (event: Json | undefined, name: string): Json | undefined =>
  isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined

/** The values that conditions are matched against: not objects, whose fields a pattern names. */
function leaves(value: Json | undefined): Json[] {
  if (value === undefined || isObject(value)) return []
  return Array.isArray(value) ? value.flatMap(leaves) : [value]
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw invalidPattern('Filter is not valid JSON')
  }
}

function isObject(value: unknown): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
