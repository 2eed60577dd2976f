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
  return compileObject([parsed])
}

/**
 * All fields must match; `$or` matches when one of its patterns does. A dot in a name separates levels, in patterns and in
 * events: `{ "a.b": … }` and `{ "a": { "b": … } }` are the same field.
 * @param patterns the parts of one pattern
 */
function compileObject(patterns: readonly Record<string, Json>[]): Matcher {
  const entries = patterns.flatMap((pattern) => Object.entries(pattern))
  if (entries.length === 0) throw invalidPattern('Empty objects are not allowed')
  const alternatives = entries.filter(([name]) => name === '$or').map(([, value]) => compileOr(value))
  const fields = Map.groupBy(entries.filter(([name]) => name !== '$or').map(firstLevel), ([name]) => name)
  const matchers = [...fields].map(([name, parts]) =>
    compileField(
      name,
      parts.map(([, value]) => value),
    ),
  )
  return (event) => [...alternatives, ...matchers].every((matches) => matches(event))
}

function firstLevel([name, value]: [string, Json]): [string, Json] {
  const dot = name.indexOf('.')
  return dot < 0 ? [name, value] : [name.slice(0, dot), { [name.slice(dot + 1)]: value }]
}

function compileOr(alternatives: Json): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) {
    throw invalidPattern('"$or" must be an array of at least two objects')
  }
  const matchers = alternatives.map((alternative) => compileObject([alternative]))
  return (event) => matchers.some((matches) => matches(event))
}

function compileField(name: string, parts: readonly Json[]): Matcher {
  if (parts.every(isObject)) return nested(name, compileObject(parts))
  const [value, ...more] = parts
  if (more.length > 0) throw invalidPattern(`"${name}" is declared twice`)
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

function memberOf(event: Json | undefined, name: string): Json | undefined {
  if (!isObject(event)) return undefined
  const member = Object.hasOwn(event, name) ? event[name] : undefined
  const deeper = Object.keys(event).filter((key) => key.startsWith(`${name}.`))
  if (deeper.length === 0) return member
  const fields = Object.fromEntries(deeper.map((key) => [key.slice(name.length + 1), event[key]!]))
  if (!isObject(member)) return member === undefined ? fields : [member, fields].flat()
  const both = Object.keys(fields).filter((key) => Object.hasOwn(member, key))
  return { ...member, ...fields, ...Object.fromEntries(both.map((key) => [key, [member[key]!, fields[key]!].flat()])) }
}

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
