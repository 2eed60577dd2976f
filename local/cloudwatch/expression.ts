/** What the parts of an expression mean: each returns the meaning of its part, or throws an error for the user. */
interface Meaning<T> {
  number(value: number): T
  text(value: string): T
  name(name: string): T
  /** Operators are calls with their symbol as name. */
  call(name: string, operands: T[]): T
}

/** The lowest precedence first; operators are left-associative, as CloudWatch's are. */
const levels: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
]

/**
 * Reads a metric math expression, or the rule of a composite alarm.
 * @throws Error that quotes the part of the expression that is invalid or not emulated
 */
export function parseExpression<T>(source: string, meaning: Meaning<T>): T {
  const tokens = source.match(/\d+(?:\.\d+)?|"[^"]*"|[A-Za-z_]\w*|[=!<>]=|\S/g) ?? []
  let position = 0
  const takeIf = (wanted: string) => tokens[position] === wanted && ++position > 0
  const unexpected = () =>
    new Error(`the expression ${source} cannot be read at ${tokens.slice(position).join(' ') || 'its end'}`)

  const operation = (level = 0): T => {
    const operators = levels[level]
    if (!operators) return operand()
    let left = operation(level + 1)
    for (let name = tokens[position]; name !== undefined && operators.includes(name); name = tokens[position]) {
      position += 1
      left = meaning.call(name, [left, operation(level + 1)])
    }
    return left
  }
  const operand = (): T => {
    if (takeIf('NOT')) return meaning.call('NOT', [operand()])
    if (takeIf('(')) return operands(1)[0]!
    const token = tokens[position] ?? ''
    if (!/^(\w|".*"$)/.test(token)) throw unexpected()
    position += 1
    if (token.startsWith('"')) return meaning.text(token.slice(1, -1))
    if (/^\d/.test(token)) return meaning.number(Number(token))
    return takeIf('(') ? meaning.call(token, operands()) : meaning.name(token)
  }
  const operands = (maximum = Infinity): T[] => {
    const found = [operation()]
    while (found.length < maximum && takeIf(',')) found.push(operation())
    if (!takeIf(')')) throw unexpected()
    return found
  }

  const whole = operation()
  if (position < tokens.length) throw unexpected()
  return whole
}
