/** A metric math expression, or the rule of a composite alarm, as a tree. Operators are calls with their symbol as name. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }

/** The lowest precedence first; operators are left-associative, as CloudWatch's are. */
const levels: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
]

const token = /\s*(?:(?<number>\d+(?:\.\d+)?)|"(?<text>[^"]*)"|(?<name>[A-Za-z_]\w*)|(?<symbol>[=!<>]=|[-+*/<>(),]))/y

/** @throws Error that quotes the part of the expression that is invalid or not emulated */
export function parseExpression(source: string): Expression {
  const tokens = tokensOf(source)
  let position = 0
  const next = () => tokens[position]?.symbol ?? tokens[position]?.name
  const takeIf = (wanted: string) => next() === wanted && ++position > 0
  const unexpected = () => new Error(`the expression ${source} cannot be read at ${tokens[position]?.at ?? 'its end'}`)

  const operation = (level = 0): Expression => {
    const operators = levels[level]
    if (!operators) return operand()
    let left = operation(level + 1)
    for (let name = next(); name !== undefined && operators.includes(name); name = next()) {
      position += 1
      left = { kind: 'call', name, operands: [left, operation(level + 1)] }
    }
    return left
  }
  const operand = (): Expression => {
    if (takeIf('NOT')) return { kind: 'call', name: 'NOT', operands: [operand()] }
    if (takeIf('(')) {
      const inner = operation()
      if (!takeIf(')')) throw unexpected()
      return inner
    }
    const { number, text, name } = tokens[position] ?? {}
    if (number === undefined && text === undefined && name === undefined) throw unexpected()
    position += 1
    if (number !== undefined) return { kind: 'number', value: Number(number) }
    if (text !== undefined) return { kind: 'text', value: text }
    return takeIf('(') ? { kind: 'call', name: name!, operands: operands() } : { kind: 'name', name: name! }
  }
  const operands = (): Expression[] => {
    const found = [operation()]
    while (takeIf(',')) found.push(operation())
    if (!takeIf(')')) throw unexpected()
    return found
  }

  const expression = operation()
  if (position < tokens.length) throw unexpected()
  return expression
}

type Token = Readonly<Partial<Record<'number' | 'text' | 'name' | 'symbol', string>>> & { readonly at: string }

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  const text = source.trimEnd()
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = text.slice(token.lastIndex).trimStart()
    const match = token.exec(text)
    if (!match) throw new Error(`the expression ${source} cannot be read at ${at}`)
    tokens.push({ ...match.groups, at })
  }
  return tokens
}
