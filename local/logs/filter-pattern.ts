import { parsedJson } from '../json.ts'
import { AwsError } from '../wire/aws-error.ts'

const notEmulated = (what: string) =>
  new AwsError('InvalidParameterException', `Invalid filter pattern: ${what} is not emulated or not valid.`)

/** A selector, a text in quotes, an operator, or a number or text without quotes; anything else is one character. */
const token = /\$(?:\.[\w-]+)+|"(?:[^"\\]|\\.)*"|&&|\|\||[=(){}]|[^\s"=(){}&|]+|\S/g

/** A word, or several in quotes; with `?` in front, one of the terms is enough. */
const term = /(?<any>\??)(?:"(?<phrase>[^"\\]+)"|(?<word>[^\s"?[%-][^\s"]*))(?!\S)|\S+/g

/**
 * Parses a filter pattern of CloudWatch Logs: empty (matches all), terms (`ERROR "timed out"`: all must occur; `?ERROR ?WARN`:
 * one must), or a JSON pattern such as `{ $.level = "ERROR" && ($.count = 3 || $.name = order*) }` with `=`, `&&`, `||`,
 * parentheses and the wildcard `*`.
 * @throws AwsError `InvalidParameterException`, also for the other patterns of CloudWatch Logs
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim()
  if (text.startsWith('{')) return parseJsonPattern(text)
  const terms = [...text.matchAll(term)].map(({ 0: source, groups }) => {
    const { any, phrase, word = phrase } = groups!
    if (word === undefined) throw notEmulated(source)
    return { any: any === '?', contained: (message: string) => message.includes(word) }
  })
  if (!terms.some(({ any }) => any)) return (message) => terms.every(({ contained }) => contained(message))
  if (!terms.every(({ any }) => any)) throw notEmulated('? before some terms only')
  return (message) => terms.some(({ contained }) => contained(message))
}

type Test = (event: unknown) => boolean

/** Only JSON messages can match. */
function parseJsonPattern(pattern: string): (message: string) => boolean {
  const tokens = pattern.match(token)!
  const take = (): string => {
    const next = tokens.shift()
    if (next === undefined) throw notEmulated('the end')
    return next
  }
  const expect = (expected: string) => {
    const next = take()
    if (next !== expected) throw notEmulated(next)
  }
  const chain = (operator: '||' | '&&', next: () => Test): Test => {
    const tests = [next()]
    while (tokens[0] === operator && tokens.shift()) tests.push(next())
    return (event) => (operator === '||' ? tests.some((test) => test(event)) : tests.every((test) => test(event)))
  }
  const or = () => chain('||', () => chain('&&', comparison))
  const comparison = (): Test => {
    const selector = take()
    if (selector === '(') {
      const inner = or()
      expect(')')
      return inner
    }
    if (!selector.startsWith('$.')) throw notEmulated(selector)
    expect('=')
    const equal = equals(take())
    const path = selector.split('.').slice(1)
    return (event) => equal(valueAt(event, path))
  }
  expect('{')
  const test = or()
  expect('}')
  if (tokens.length > 0) throw notEmulated(tokens.join(' '))
  return (message) => {
    const event = message.startsWith('{') ? parsedJson(message) : undefined
    return event !== undefined && test(event)
  }
}

function equals(operand: string): (value: unknown) => boolean {
  if (/^([%(){}=&|]|"$)/.test(operand)) throw notEmulated(operand)
  const text = operand.startsWith('"') ? operand.slice(1, -1).replaceAll(/\\(.)/g, '$1') : operand
  const expression = new RegExp(`^${text.split('*').map(RegExp.escape).join('.*')}$`, 's')
  return (value) => (typeof value === 'string' || typeof value === 'number') && expression.test(String(value))
}

const valueAt = (event: unknown, path: string[]): unknown =>
  path.reduce((value: any, key) => (Object.hasOwn(value ?? {}, key) ? value[key] : undefined), event)
