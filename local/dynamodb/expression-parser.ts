import type { AttributeValue } from './attribute-value.ts'

/** `a.b[2]` is `['a', 'b', 2]`; in the text of an expression a step may be a placeholder, `#b`. */
export type Path = readonly (string | number)[]

/** An operator (`AND`, `<`, `+`) or a function with its operands. */
export interface Call {
  readonly type: string
  readonly args: readonly Node[]
}

/** Expressions are parsed with placeholders (`:v`), and bound to the values of each request. */
export type Node = Path | Call | AttributeValue | { readonly placeholder: string }

/** One action of an update. */
export interface Action {
  readonly type: 'SET' | 'REMOVE' | 'ADD' | 'DELETE'
  readonly path: Path
  readonly operand?: Node
}

/** An error in an expression; the message is DynamoDB's, without the name of the parameter. */
export class ExpressionFault extends Error {}

export const isPath = (node: Node): node is Path => Array.isArray(node)

export const isCall = (node: Node): node is Call => 'args' in node

const logic = ['AND', 'OR', 'NOT']
const comparators = ['=', '<>', '<', '<=', '>', '>=']
const operators = new Set([...logic, ...comparators, 'BETWEEN', 'IN', '+', '-'])

export const isFunction = (node: Node): node is Call => isCall(node) && !operators.has(node.type)

/** Whether the operands of a call are conditions. */
export const isLogic = ({ type }: Call) => logic.includes(type)

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** White space, or a placeholder, name, integer or operator; any other character is a token that no rule accepts. */
const tokenPattern = /[ \t\r\n]+|[#:]\w+|[A-Za-z]\w*|0|[1-9]\d*|<>|<=|>=|[^]/gu
const endOfExpression = '<EOF>'
const identifier = /^[A-Za-z]/
const actions = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const
const keywords = new Set<string>([...logic, 'BETWEEN', 'IN', ...actions])

/** A parser for the expressions in "Using expressions in DynamoDB", DynamoDB developer guide. */
export class ExpressionParser {
  /** Placeholders in their order in the text. */
  readonly names: string[] = []
  readonly values: string[] = []
  /** The sections of an update in their order in the text. */
  readonly sections: string[] = []
  readonly #text: string
  readonly #tokens: readonly Token[]
  #position = 0
  /** The tokens of the last parentheses that were closed. */
  #lastGroup = { start: -1, end: -1 }
  /** Whether parentheses contain nothing but other parentheses, which DynamoDB rejects. */
  redundantParentheses = false

  constructor(text: string) {
    this.#text = text
    const tokens: Token[] = []
    for (const { 0: match, index } of text.matchAll(tokenPattern)) {
      if (match.trim() !== '') tokens.push({ text: match, start: index, end: index + match.length })
    }
    tokens.push({ text: endOfExpression, start: tokens.length > 0 ? text.length : 0, end: text.length })
    this.#tokens = tokens
  }

  condition(): Call {
    const condition = this.#require(this.#logic('OR'))
    this.#end()
    return condition
  }

  update(): Action[] {
    const update: Action[] = []
    do update.push(...this.#section())
    while (this.#token.text !== endOfExpression)
    return update
  }

  projection(): Path[] {
    const paths = this.#list(() => this.#path())
    this.#end()
    return paths
  }

  /** A disjunction, or a conjunction; an operand in parentheses looks like one until the next token. */
  #logic(type: 'OR' | 'AND'): Node {
    const left = type === 'OR' ? this.#logic('AND') : this.#not()
    if (!this.#isNext(type)) return left
    const first = this.#require(left)
    this.#position++
    return { type, args: [first, this.#require(this.#logic(type))] }
  }

  #not(): Node {
    return this.#accept('NOT') ? { type: 'NOT', args: [this.#require(this.#not())] } : this.#comparison()
  }

  #comparison(): Node {
    const left = this.#token.text === '(' ? this.#group(() => this.#logic('OR')) : this.#operand()
    if (isCall(left) && !isFunction(left)) return left
    const type = this.#token.text
    if (comparators.includes(type)) {
      this.#position++
      return { type, args: [left, this.#operandInParentheses()] }
    }
    if (this.#accept('BETWEEN')) {
      const lower = this.#operandInParentheses()
      this.#expect('AND')
      return { type: 'BETWEEN', args: [left, lower, this.#operandInParentheses()] }
    }
    if (this.#accept('IN')) {
      this.#expect('(')
      const candidates = this.#list(() => this.#operandInParentheses())
      this.#expect(')')
      return { type: 'IN', args: [left, ...candidates] }
    }
    return left
  }

  /** An operand alone is not a condition: the token after it is an error. */
  #require(node: Node): Call {
    if (!isCall(node)) throw this.#error()
    return node
  }

  #section(): Action[] {
    const type = actions.find((action) => this.#accept(action))
    if (type === undefined) throw this.#error()
    this.sections.push(type)
    return this.#list(() => {
      const path = this.#path()
      if (type === 'REMOVE') return { type, path }
      if (type !== 'SET') return { type, path, operand: this.#value() }
      this.#expect('=')
      return { type, path, operand: this.#setOperand() }
    })
  }

  #setOperand(): Node {
    const left = this.#token.text === '(' ? this.#group(() => this.#setOperand()) : this.#operand()
    const type = this.#token.text
    if ((isCall(left) && !isFunction(left)) || (type !== '+' && type !== '-')) return left
    this.#position++
    return { type, args: [left, this.#operandInParentheses()] }
  }

  #operandInParentheses(): Node {
    return this.#token.text === '(' ? this.#group(() => this.#operandInParentheses()) : this.#operand()
  }

  #operand(): Node {
    if (this.#token.text.startsWith(':') && this.#token.text.length > 1) return this.#value()
    if (this.#tokens[this.#position + 1]?.text !== '(' || !this.#isIdentifier()) return this.#path()
    const type = this.#token.text
    this.#position += 2
    const args = this.#list(() => this.#operandInParentheses())
    this.#expect(')')
    return { type, args }
  }

  #value(): Node {
    const placeholder = this.#token.text
    if (placeholder.length < 2 || !placeholder.startsWith(':')) throw this.#error()
    this.#position++
    this.values.push(placeholder)
    return { placeholder }
  }

  #path(): Path {
    const path: (string | number)[] = [this.#name()]
    for (;;) {
      if (this.#accept('.')) path.push(this.#name())
      else if (this.#accept('[')) {
        const index = this.#token.text
        if (!/^\d/.test(index)) throw this.#error()
        this.#position++
        this.#expect(']')
        path.push(Number(index))
      } else return path
    }
  }

  #name(): string {
    const { text } = this.#token
    if (text.length > 1 && text.startsWith('#')) this.names.push(text)
    else if (!this.#isIdentifier()) throw this.#error()
    this.#position++
    return text
  }

  #group<T>(content: () => T): T {
    const start = this.#position
    this.#expect('(')
    const result = content()
    if (this.#lastGroup.start === start + 1 && this.#lastGroup.end === this.#position) this.redundantParentheses = true
    this.#expect(')')
    this.#lastGroup = { start, end: this.#position }
    return result
  }

  #list<T>(element: () => T): T[] {
    const elements = [element()]
    while (this.#accept(',')) elements.push(element())
    return elements
  }

  get #token(): Token {
    return this.#tokens[this.#position]!
  }

  #isIdentifier(): boolean {
    return identifier.test(this.#token.text) && !keywords.has(this.#token.text.toUpperCase())
  }

  #isNext(text: string): boolean {
    return this.#token.text.toUpperCase() === text
  }

  /** Skips an operator or keyword. @returns whether it is the next token */
  #accept(text: string): boolean {
    if (!this.#isNext(text)) return false
    this.#position++
    return true
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#error()
  }

  #end(): void {
    if (this.#token.text !== endOfExpression) throw this.#error()
  }

  /** The message names the token that no rule accepts, and the text from the token before it to the one after it. */
  #error(): ExpressionFault {
    const from = this.#tokens[this.#position - 1] ?? this.#token
    const to = this.#tokens[this.#position + 1] ?? this.#token
    const near = this.#text.slice(from.start, to.end)
    return new ExpressionFault(`Syntax error; token: "${this.#token.text}", near: "${near}"`)
  }
}
