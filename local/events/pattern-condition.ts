import { BlockList, isIP } from 'node:net'
import { AwsError } from '../wire/aws-error.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** One element of a pattern's array: it matches a value, or the presence of one. */
export type Condition =
  | { readonly on: 'value'; readonly accepts: (value: Json) => boolean }
  | { readonly on: 'presence'; readonly present: boolean }

type Accepts = (value: Json) => boolean

/** @throws AwsError InvalidEventPatternException */
export function compileCondition(condition: Json): Condition {
  if (Array.isArray(condition)) throw invalidPattern('Arrays in an array of conditions are not allowed')
  if (condition === null || typeof condition !== 'object') return onValue((value) => value === condition)
  const [[operator, operand] = ['', null], ...more] = Object.entries(condition)
  if (more.length > 0 || operator === '') throw invalidPattern('Exactly one key is allowed in a match expression')
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw invalidPattern('"exists" match pattern must be either true or false')
    return { on: 'presence', present: operand }
  }
  const compile = Object.hasOwn(operators, operator) ? operators[operator] : undefined
  if (!compile) throw invalidPattern(`Unrecognized match type ${operator}`)
  return onValue(compile(operand))
}

export const invalidPattern = (reason: string) =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)

const onValue = (accepts: Accepts): Condition => ({ on: 'value', accepts })

const operators: Record<string, (operand: Json) => Accepts> = {
  prefix: (operand) => caseAware('prefix', operand, (value, wanted) => value.startsWith(wanted)),
  suffix: (operand) => caseAware('suffix', operand, (value, wanted) => value.endsWith(wanted)),
  'equals-ignore-case': (operand) => equalsIgnoreCase(operand),
  wildcard: (operand) => wildcard(operand),
  'anything-but': (operand) => anythingBut(operand),
  numeric: (operand) => numeric(operand),
  cidr: (operand) => cidr(operand),
}

const onText =
  (accepts: (value: string) => boolean): Accepts =>
  (value) =>
    typeof value === 'string' && accepts(value)

function text(operator: string, operand: Json): string {
  if (typeof operand !== 'string') throw invalidPattern(`${operator} match pattern must be a string`)
  return operand
}

/** `"abc"`, or `{ "equals-ignore-case": "abc" }` */
function caseAware(operator: string, operand: Json, test: (value: string, wanted: string) => boolean): Accepts {
  if (operand === null || typeof operand !== 'object' || Array.isArray(operand)) {
    const wanted = text(operator, operand)
    return onText((value) => test(value, wanted))
  }
  const [[option, folded] = ['', null], ...more] = Object.entries(operand)
  if (option !== 'equals-ignore-case' || more.length > 0)
    throw invalidPattern(`Unsupported ${operator} pattern ${option}`)
  const wanted = text(operator, folded).toLowerCase()
  return onText((value) => test(value.toLowerCase(), wanted))
}

function equalsIgnoreCase(operand: Json): Accepts {
  const wanted = text('equals-ignore-case', operand).toLowerCase()
  return onText((value) => value.toLowerCase() === wanted)
}

/** `*` matches any sequence of characters; `\*` and `\\` match the characters themselves. */
function wildcard(operand: Json): Accepts {
  const pattern = text('wildcard', operand)
  if (/(?<!\\)(\\\\)*\*\*/.test(pattern)) throw invalidPattern(`Consecutive wildcard characters at ${pattern}`)
  if (/^(?:[^\\]|\\[\\*])*$/s.exec(pattern) === null) throw invalidPattern(`Invalid escape character in ${pattern}`)
  const parts = pattern.match(/\\[\\*]|[^\\]/gs) ?? []
  const source = parts.map((part) => (part === '*' ? '.*' : literal(part.at(-1)!))).join('')
  const expression = new RegExp(`^${source}$`, 's')
  return onText((value) => expression.test(value))
}

const literal = (character: string) => character.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&')

/** The string operators that `anything-but` can negate, each with one string or a list. */
const negatable = new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard'])

function anythingBut(operand: Json): Accepts {
  if (operand !== null && typeof operand === 'object' && !Array.isArray(operand)) return anythingButText(operand)
  const excluded = Array.isArray(operand) ? operand : [operand]
  if (excluded.length === 0) throw invalidPattern('Empty arrays are not allowed')
  if (excluded.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw invalidPattern('Inside anything but list, start|null|boolean is not supported.')
  }
  return (value) => !excluded.includes(value)
}

function anythingButText(operand: Record<string, Json>): Accepts {
  const [[operator, texts] = ['', null], ...more] = Object.entries(operand)
  if (!negatable.has(operator) || more.length > 0) throw invalidPattern(`Unsupported anything-but pattern: ${operator}`)
  const list = Array.isArray(texts) ? texts : [texts]
  if (list.length === 0 || list.some((entry) => typeof entry !== 'string' || entry === '')) {
    throw invalidPattern(`Inside anything-but, ${operator} takes a non-empty string or a list of them`)
  }
  const excluded = list.map((entry) => operators[operator]!(entry as string))
  return (value) => !excluded.some((accepts) => accepts(value))
}

const comparisons: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

/** `["=", 5]`, `["<", 5]`, or a range, the lower bound first: `[">", 0, "<=", 5]` */
function numeric(operand: Json): Accepts {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw invalidPattern('Value of numeric must be an array of an operator and a number, or of two such pairs')
  }
  const pairs = [operand.slice(0, 2), operand.slice(2)].filter((pair) => pair.length > 0)
  const tests = pairs.map(([operator, bound]) => {
    const compare =
      typeof operator === 'string' && Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined
    if (!compare) throw invalidPattern(`Unrecognized numeric range operator: ${String(operator)}`)
    if (typeof bound !== 'number' || Math.abs(bound) > 5e9) {
      throw invalidPattern('Value of a numeric operator must be a number between -5.0e9 and 5.0e9')
    }
    return { operator: String(operator), bound, compare }
  })
  const [lower, upper] = tests
  if (upper && !(lower!.operator.startsWith('>') && upper.operator.startsWith('<') && lower!.bound < upper.bound)) {
    throw invalidPattern('Bottom of a numeric range must be less than its top, and come first')
  }
  return (value) => typeof value === 'number' && tests.every(({ compare, bound }) => compare(value, bound))
}

function cidr(operand: Json): Accepts {
  const [address = '', bits = '', ...more] = text('cidr', operand).split('/')
  const family = isIP(address)
  const most = family === 4 ? 32 : 128
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    throw invalidPattern(`Malformed CIDR: ${String(operand)}`)
  }
  const block = new BlockList()
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  block.addSubnet(address, Number(bits), kind)
  return onText((value) => isIP(value) === family && block.check(value, kind))
}
