import { mathFunctions, type Surroundings } from './functions.ts'
import { partsOf, type Expression, type Operator } from './parse.ts'
import { combined, list, mapped, series, type Points, type Value } from './value.ts'

const truth = (holds: boolean) => (holds ? 1 : 0)

const operators: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<=': (left, right) => truth(left <= right),
  '>=': (left, right) => truth(left >= right),
  '<': (left, right) => truth(left < right),
  '>': (left, right) => truth(left > right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  '&&': (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
  '||': (left, right) => truth(left !== 0 || right !== 0),
}

const constants = new Set(['REPEAT', 'LINEAR'])

/** The queries that an expression may name: metrics, and other expressions. */
export interface Names extends Surroundings {
  /** Of the metrics alone, in their order, by id. */
  readonly metrics: ReadonlyMap<string, Points>
  /** Of an expression. */
  readonly expression: (id: string) => Value
}

/** @throws Error in words for a person when the values are not of the kinds that an operator or function takes */
export function evaluate(expression: Expression, names: Names): Value {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value }
    case 'text':
      return { kind: 'text', value: expression.value }
    case 'reference': {
      if (constants.has(expression.id)) return { kind: 'text', value: expression.id }
      const points = names.metrics.get(expression.id)
      return points ? series(points) : names.expression(expression.id)
    }
    case 'negation':
      return mapped(evaluate(expression.operand, names), (value) => -value)
    case 'binary':
      return combined(
        evaluate(expression.left, names),
        evaluate(expression.right, names),
        operators[expression.operator],
      )
    case 'list':
      return list(expression.items.flatMap((item) => itemsOf(evaluate(item, names))))
    case 'call':
      return called(expression, names)
    default:
      return expression satisfies never
  }
}

function called({ name, arguments: given }: Extract<Expression, { kind: 'call' }>, names: Names): Value {
  const values = given.map((each) => evaluate(each, names))
  if (name !== 'METRICS') return mathFunctions[name]!.apply(values, names)
  const part = values[0]?.kind === 'text' ? values[0].value : ''
  return list([...names.metrics].filter(([id]) => id.includes(part)).map(([, points]) => points))
}

const itemsOf = (value: Value): readonly Points[] => {
  if (value.kind === 'list') return value.items
  if (value.kind === 'series') return [value.points]
  throw new Error(`A ${value.kind} stands in a list of metrics.`)
}

/** @returns the functions that the expression calls and that are not emulated */
export function unknownFunctions(expression: Expression): string[] {
  const calls = [...partsOf(expression)].filter((part) => part.kind === 'call')
  return [...new Set(calls.map(({ name }) => name))].filter(
    (name) => name !== 'METRICS' && !Object.hasOwn(mathFunctions, name),
  )
}

/** @returns what makes the expression invalid by itself: an id that nothing has, or the wrong number of arguments */
export function mistakeIn(expression: Expression, ids: ReadonlySet<string>): string | undefined {
  for (const part of partsOf(expression)) {
    if (part.kind === 'reference' && !ids.has(part.id) && !constants.has(part.id))
      return `nothing has the id ${part.id}`
    const known = part.kind === 'call' ? mathFunctions[part.name] : undefined
    if (part.kind !== 'call' || !known) continue
    const [least, most] = known.arguments
    const given = part.arguments.length
    if (given < least || given > most) return `${part.name} has ${given} arguments`
  }
  return undefined
}
