import { invalidPattern, type Matches } from './filter-pattern.ts'

type Test = (event: unknown) => boolean

const token =
  /\s*(?:(\$(?:\.[\w-]+|\[\d+\]|\['[^']+'\])+)|("(?:[^"\\]|\\.)*")|(&&|\|\||!=|<=|>=|[=<>(){}])|([^\s"=!<>(){}&|]+))/y

/**
 * Parses `{ $.level = "ERROR" && ($.count > 3 || $.name = order*) }`: selectors, `=` `!=` `<` `<=` `>` `>=`, `IS NULL`,
 * `IS TRUE`, `IS FALSE`, `NOT EXISTS`, `&&`, `||`, parentheses and the wildcard `*`. Only JSON messages can match.
 */
export function parseJsonPattern(pattern: string): Matches {
  const reader = new TokenReader(pattern)
  reader.expect('{')
  const test = readOr(reader)
  reader.expect('}')
  if (!reader.atEnd) throw invalidPattern('text follows the closing brace.')
  return (message) => {
    if (!message.startsWith('{')) return false
    try {
      return test(JSON.parse(message))
    } catch {
      // Not JSON after all: no JSON pattern matches.
      return false
    }
  }
}

class TokenReader {
  readonly #tokens: string[] = []
  #next = 0

  constructor(text: string) {
    token.lastIndex = 0
    while (text.slice(token.lastIndex).trim() !== '') {
      const from = token.lastIndex
      const match = token.exec(text)
      if (!match) throw invalidPattern(`"${text.slice(from).trim()}" is not valid.`)
      this.#tokens.push(match[0].trim())
    }
  }

  get atEnd(): boolean {
    return this.#next >= this.#tokens.length
  }

  take(): string {
    const next = this.#tokens[this.#next++]
    if (next === undefined) throw invalidPattern('unexpected end.')
    return next
  }

  /** Consumes the next token if it is the expected one. */
  skip(expected: string): boolean {
    if (this.#tokens[this.#next] !== expected) return false
    this.#next += 1
    return true
  }

  expect(expected: string): void {
    if (!this.skip(expected)) throw invalidPattern(`"${expected}" is missing.`)
  }
}

function readOr(reader: TokenReader): Test {
  const tests = [readAnd(reader)]
  while (reader.skip('||')) tests.push(readAnd(reader))
  return tests.length === 1 ? tests[0]! : (event) => tests.some((test) => test(event))
}

function readAnd(reader: TokenReader): Test {
  const tests = [readTest(reader)]
  while (reader.skip('&&')) tests.push(readTest(reader))
  return tests.length === 1 ? tests[0]! : (event) => tests.every((test) => test(event))
}

function readTest(reader: TokenReader): Test {
  if (reader.skip('(')) {
    const inner = readOr(reader)
    reader.expect(')')
    return inner
  }
  const selector = reader.take()
  if (!selector.startsWith('$')) throw invalidPattern(`"${selector}" is not a selector.`)
  const path = [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    (part) => part[1] ?? part[2] ?? part[3]!,
  )
  const compare = readComparison(reader)
  return (event) => compare(valueAt(event, path))
}

function readComparison(reader: TokenReader): (value: unknown) => boolean {
  const operator = reader.take()
  if (operator === 'NOT') {
    reader.expect('EXISTS')
    return (value) => value === undefined
  }
  const operand = reader.take()
  switch (operator) {
    case 'IS':
      return isConstant(operand)
    case '=':
      return equals(operand)
    case '!=': {
      const equal = equals(operand)
      return (value) => value !== undefined && !equal(value)
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return inOrder(operator, operand)
    default:
      throw invalidPattern(`"${operator}" is not an operator.`)
  }
}

const constants = new Map<string, boolean | null>([
  ['NULL', null],
  ['TRUE', true],
  ['FALSE', false],
])

function isConstant(operand: string): (value: unknown) => boolean {
  const constant = constants.get(operand)
  if (constant === undefined) throw invalidPattern(`IS ${operand} is not valid.`)
  return (value) => value === constant
}

function equals(operand: string): (value: unknown) => boolean {
  if (/^%.*%$/.test(operand)) throw invalidPattern('regular expressions are not emulated.')
  const text = operand.startsWith('"') ? operand.slice(1, -1).replaceAll(/\\(.)/g, '$1') : operand
  const escaped = text.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
  const expression = new RegExp(`^${escaped.join('.*')}$`, 's')
  return (value) => {
    if (typeof value === 'number' && !operand.startsWith('"') && !text.includes('*')) return value === Number(text)
    return (typeof value === 'string' || typeof value === 'number') && expression.test(String(value))
  }
}

function inOrder(operator: '<' | '<=' | '>' | '>=', operand: string): (value: unknown) => boolean {
  const limit = Number(operand)
  if (Number.isNaN(limit)) throw invalidPattern(`${operator} requires a number.`)
  return (value) => {
    if (typeof value !== 'number') return false
    switch (operator) {
      case '<':
        return value < limit
      case '<=':
        return value <= limit
      case '>':
        return value > limit
      case '>=':
        return value >= limit
      default:
        return operator satisfies never
    }
  }
}

function valueAt(event: unknown, path: string[]): unknown {
  let value: any = event
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}
