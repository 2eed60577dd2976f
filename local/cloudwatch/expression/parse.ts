/** A metric math expression as a tree. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** Another query of the same request. */
  | { readonly kind: 'reference'; readonly id: string }
  | { readonly kind: 'negation'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }

const levels = [['OR', '||'], ['AND', '&&'], ['==', '!=', '<=', '>=', '<', '>'], ['+', '-'], ['*', '/'], ['^']] as const
export type Operator = (typeof levels)[number][number]

const token =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|"([^"]*)"|'([^']*)'|([A-Za-z_]\w*)|(\|\||&&|[=!<>]=|[-+*/^<>(),[\]]))/y

interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'symbol' | 'end'
  readonly text: string
}

/** @throws Error that quotes the invalid part of the expression */
export function parseExpression(source: string): Expression {
  const tokens = tokensOf(source)
  const parser = new Parser(tokens, source)
  const expression = parser.expression()
  parser.expectEnd()
  return expression
}

/** All expressions within one, itself included. */
export function* partsOf(expression: Expression): Generator<Expression, void> {
  yield expression
  const children = {
    number: () => [],
    text: () => [],
    reference: () => [],
    negation: (each: Extract<Expression, { kind: 'negation' }>) => [each.operand],
    binary: (each: Extract<Expression, { kind: 'binary' }>) => [each.left, each.right],
    call: (each: Extract<Expression, { kind: 'call' }>) => each.arguments,
    list: (each: Extract<Expression, { kind: 'list' }>) => each.items,
  }[expression.kind] as (each: Expression) => readonly Expression[]
  for (const child of children(expression)) yield* partsOf(child)
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  const text = source.trimEnd()
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const from = token.lastIndex
    const match = token.exec(text)
    if (!match) throw new Error(`The expression ${source} is not valid at ${text.slice(from)}.`)
    const [, number, double, single, word, symbol] = match
    if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol })
    else tokens.push({ kind: 'text', text: double ?? single! })
  }
  return [...tokens, { kind: 'end', text: 'its end' }]
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #source: string
  #position = 0

  constructor(tokens: readonly Token[], source: string) {
    this.#tokens = tokens
    this.#source = source
  }

  /** @param level of precedence, the lowest first; operators are left-associative, as CloudWatch's are */
  expression(level = 0): Expression {
    const operators: readonly string[] | undefined = levels[level]
    if (!operators) return this.#factor()
    let left = this.expression(level + 1)
    while (this.#next.kind !== 'text' && operators.includes(this.#next.text)) {
      const operator = this.#next.text as Operator
      this.#position += 1
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) }
    }
    return left
  }

  expectEnd(): void {
    if (this.#next.kind !== 'end') throw this.#unexpected()
  }

  #factor(): Expression {
    if (this.#takeIf('-')) return { kind: 'negation', operand: this.#factor() }
    if (this.#takeIf('[')) return { kind: 'list', items: this.#until(']') }
    if (this.#takeIf('(')) return this.#closed(this.expression())
    const { kind, text } = this.#next
    if (kind === 'symbol' || kind === 'end') throw this.#unexpected()
    this.#position += 1
    if (kind === 'number') return { kind: 'number', value: Number(text) }
    if (kind === 'text') return { kind: 'text', value: text }
    return this.#takeIf('(')
      ? { kind: 'call', name: text, arguments: this.#until(')') }
      : { kind: 'reference', id: text }
  }

  #closed(expression: Expression): Expression {
    if (!this.#takeIf(')')) throw this.#unexpected()
    return expression
  }

  /** Expressions separated by commas, and the bracket that closes them. */
  #until(closing: string): Expression[] {
    const expressions: Expression[] = []
    if (this.#takeIf(closing)) return expressions
    do expressions.push(this.expression())
    while (this.#takeIf(','))
    if (!this.#takeIf(closing)) throw this.#unexpected()
    return expressions
  }

  get #next(): Token {
    return this.#tokens[this.#position]!
  }

  #takeIf(symbol: string): boolean {
    if (this.#next.kind !== 'symbol' || this.#next.text !== symbol) return false
    this.#position += 1
    return true
  }

  #unexpected(): Error {
    return new Error(`The expression ${this.#source} is not valid at ${this.#next.text}.`)
  }
}
