import { mathFunctions, type FunctionContext } from './functions.ts'
import { partsOf, type Expression, type Operator } from './parse.ts'
import { combined, list, mapped, series, type Points, type Value } from './value.ts'

const asNumber = (holds: boolean) => (holds ? 1 : 0)

const operators: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => asNumber(left === right),
  '!=': (left, right) => asNumber(left !== right),
  '<=': (left, right) => asNumber(left <= right),
  '>=': (left, right) => asNumber(left >= right),
  '<': (left, right) => asNumber(left < right),
  '>': (left, right) => asNumber(left > right),
  AND: (left, right) => asNumber(left !== 0 && right !== 0),
  '&&': (left, right) => asNumber(left !== 0 && right !== 0),
  OR: (left, right) => asNumber(left !== 0 || right !== 0),
  '||': (left, right) => asNumber(left !== 0 || right !== 0),
}

const constants = new Set(['REPEAT', 'LINEAR'])

/** The queries that an expression may refer to: metrics and other expressions. */
export interface EvaluationContext extends FunctionContext {
  /** The metrics by id, in their order. */
  readonly metrics: ReadonlyMap<string, Points>
  /** The value of another expression by its id. */
  readonly expression: (id: string) => Value
}

/** @throws Error when an operator or function does not accept a value's type */
export function evaluate(expression: Expression, context: EvaluationContext): Value {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value }
    case 'text':
      return { kind: 'text', value: expression.value }
    case 'reference': {
      if (constants.has(expression.id)) return { kind: 'text', value: expression.id }
      const points = context.metrics.get(expression.id)
      return points ? series(points) : context.expression(expression.id)
    }
    case 'negation':
      return mapped(evaluate(expression.operand, context), (value) => -value)
    case 'binary':
      return combined(
        evaluate(expression.left, context),
        evaluate(expression.right, context),
        operators[expression.operator],
      )
    case 'list':
      return list(expression.items.flatMap((item) => itemsOf(evaluate(item, context))))
    case 'call':
      return call(expression, context)
    default:
      return expression satisfies never
  }
}

function call({ name, arguments: given }: Extract<Expression, { kind: 'call' }>, context: EvaluationContext): Value {
  const values = given.map((each) => evaluate(each, context))
  if (name !== 'METRICS') return mathFunctions[name]!.apply(values, context)
  const part = values[0]?.kind === 'text' ? values[0].value : ''
  return list([...context.metrics].filter(([id]) => id.includes(part)).map(([, points]) => points))
}

const itemsOf = (value: Value): readonly Points[] => {
  if (value.kind === 'list') return value.items
  if (value.kind === 'series') return [value.points]
  throw new Error(`A list of metrics cannot contain a ${value.kind}.`)
}

/** @returns the functions that the expression calls and that are not emulated */
export function unknownFunctions(expression: Expression): string[] {
  const calls = [...partsOf(expression)].filter((part) => part.kind === 'call')
  return [...new Set(calls.map(({ name }) => name))].filter(
    (name) => name !== 'METRICS' && !Object.hasOwn(mathFunctions, name),
  )
}

/** @returns the first error of the expression: an unknown id, or a wrong number of arguments */
export function errorIn(expression: Expression, ids: ReadonlySet<string>): string | undefined {
  for (const part of partsOf(expression)) {
    if (part.kind === 'reference' && !ids.has(part.id) && !constants.has(part.id))
      return `no query has the id ${part.id}`
    const known = part.kind === 'call' && Object.hasOwn(mathFunctions, part.name) ? mathFunctions[part.name] : undefined
    if (part.kind !== 'call' || !known) continue
    const [min, max] = known.arguments
    const given = part.arguments.length
    if (given < min || given > max) return `${part.name} has ${given} argument(s)`
  }
  return undefined
}
