import {
  ExpressionFault,
  isFunction,
  isPath,
  type Arithmetic,
  type Comparison,
  type ConditionNode,
  type FunctionCall,
  type Operand,
  type Path,
  type Placeholder,
  type UpdateOperand,
  type UpdateSection,
} from './expression-tree.ts'

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** White space, or a placeholder, name, integer or operator; any other character is a token that no rule accepts. */
const tokenPattern = /[ \t\r\n]+|[#:]\w+|[A-Za-z]\w*|0|[1-9]\d*|<>|<=|>=|[^]/gu
const endOfExpression = '<EOF>'
const identifier = /^[A-Za-z]/
const keywords = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE'])
const comparators: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

/** A condition, or an operand, which in parentheses looks like one until the next token. */
type Node = ConditionNode<Placeholder> | Operand<Placeholder>

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

  condition(): ConditionNode<Placeholder> {
    const condition = this.#require(this.#or())
    this.#end()
    return condition
  }

  update(): UpdateSection<Placeholder>[] {
    const sections: UpdateSection<Placeholder>[] = []
    do sections.push(...this.#section())
    while (this.#token.text !== endOfExpression)
    return sections
  }

  projection(): Path[] {
    const paths = this.#list(() => this.#path())
    this.#end()
    return paths
  }

  #or(): Node {
    const left = this.#and()
    if (!this.#isKeyword('OR')) return left
    const first = this.#require(left)
    this.#position++
    return { type: 'or', args: [first, this.#require(this.#or())] }
  }

  #and(): Node {
    const left = this.#not()
    if (!this.#isKeyword('AND')) return left
    const first = this.#require(left)
    this.#position++
    return { type: 'and', args: [first, this.#require(this.#and())] }
  }

  #not(): Node {
    if (!this.#isKeyword('NOT')) return this.#comparison()
    this.#position++
    return { type: 'not', args: [this.#require(this.#not())] }
  }

  #comparison(): Node {
    const left = this.#token.text === '(' ? this.#group(() => this.#or()) : this.#operand()
    if (!isOperand(left)) return left
    const comparator = this.#token.text
    if (comparators.has(comparator)) {
      this.#position++
      return { type: comparator as Comparison['type'], args: [left, this.#operandInParentheses()] }
    }
    if (this.#accept('BETWEEN')) {
      const lower = this.#operandInParentheses()
      this.#expect('AND')
      return { type: 'between', args: [left, lower, this.#operandInParentheses()] }
    }
    if (this.#accept('IN')) {
      this.#expect('(')
      const candidates = this.#list(() => this.#operandInParentheses())
      this.#expect(')')
      return { type: 'in', args: [left, ...candidates] }
    }
    return left
  }

  /** An operand alone is no condition: the token after it is an error. */
  #require(node: Node): ConditionNode<Placeholder> {
    if (isOperand(node) && !isFunction(node)) throw this.#error()
    return node
  }

  #section(): UpdateSection<Placeholder>[] {
    if (this.#acceptSection('SET')) {
      return this.#list(() => {
        const path = this.#path()
        this.#expect('=')
        return { type: 'set', path, val: this.#setValue() }
      })
    }
    if (this.#acceptSection('REMOVE')) return this.#list(() => ({ type: 'remove', path: this.#path() }))
    if (this.#acceptSection('ADD')) return this.#list(() => ({ type: 'add', path: this.#path(), val: this.#value() }))
    if (this.#acceptSection('DELETE'))
      return this.#list(() => ({ type: 'delete', path: this.#path(), val: this.#value() }))
    throw this.#error()
  }

  #acceptSection(name: string): boolean {
    const accepted = this.#accept(name)
    if (accepted) this.sections.push(name)
    return accepted
  }

  #setValue(): UpdateOperand<Placeholder> {
    const left = this.#token.text === '(' ? this.#group(() => this.#setValue()) : this.#operand()
    const operator = this.#token.text
    if (isArithmetic(left) || (operator !== '+' && operator !== '-')) return left
    this.#position++
    return { type: operator === '+' ? 'add' : 'subtract', args: [left, this.#operandInParentheses()] }
  }

  #operandInParentheses(): Operand<Placeholder> {
    return this.#token.text === '(' ? this.#group(() => this.#operandInParentheses()) : this.#operand()
  }

  #operand(): Operand<Placeholder> {
    if (this.#token.text.startsWith(':') && this.#token.text.length > 1) return this.#value()
    return this.#tokens[this.#position + 1]?.text === '(' && this.#isIdentifier() ? this.#function() : this.#path()
  }

  #function(): FunctionCall<Placeholder> {
    const name = this.#token.text
    this.#position += 2
    const args = this.#list(() => this.#operandInParentheses())
    this.#expect(')')
    return { type: 'function', name, args }
  }

  #value(): Placeholder {
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

  #isKeyword(keyword: string): boolean {
    return this.#token.text.toUpperCase() === keyword
  }

  /** Skips an operator or keyword. @returns whether it is the next token */
  #accept(text: string): boolean {
    if (!this.#isKeyword(text)) return false
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

const isOperand = (node: Node): node is Operand<Placeholder> =>
  isPath(node) || 'placeholder' in node || isFunction(node)

const isArithmetic = (operand: UpdateOperand<Placeholder>): operand is Arithmetic<Placeholder> =>
  'type' in operand && operand.type !== 'function'
