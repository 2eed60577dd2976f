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

/** @throws Error that quotes the part of the expression that is invalid or not emulated */
export function parseExpression(source: string): Expression {
  const tokens = source.match(/\d+(?:\.\d+)?|"[^"]*"|[A-Za-z_]\w*|[=!<>]=|\S/g) ?? []
  let position = 0
  const takeIf = (wanted: string) => tokens[position] === wanted && ++position > 0
  const unexpected = () =>
    new Error(`the expression ${source} cannot be read at ${tokens.slice(position).join(' ') || 'its end'}`)

  const operation = (level = 0): Expression => {
    const operators = levels[level]
    if (!operators) return operand()
    let left = operation(level + 1)
    for (let name = tokens[position]; name !== undefined && operators.includes(name); name = tokens[position]) {
      position += 1
      left = { kind: 'call', name, operands: [left, operation(level + 1)] }
    }
    return left
  }
  const operand = (): Expression => {
    if (takeIf('NOT')) return { kind: 'call', name: 'NOT', operands: [operand()] }
    if (takeIf('(')) return operands(1)[0]!
    const token = tokens[position] ?? ''
    if (!/^(\w|".*"$)/.test(token)) throw unexpected()
    position += 1
    if (token.startsWith('"')) return { kind: 'text', value: token.slice(1, -1) }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) }
    return takeIf('(') ? { kind: 'call', name: token, operands: operands() } : { kind: 'name', name: token }
  }
  const operands = (maximum = Infinity): Expression[] => {
    const found = [operation()]
    while (found.length < maximum && takeIf(',')) found.push(operation())
    if (!takeIf(')')) throw unexpected()
    return found
  }

  const expression = operation()
  if (position < tokens.length) throw unexpected()
  return expression
}
