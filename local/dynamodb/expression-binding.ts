import { compareValues, typeOf, type AttributeType, type AttributeValue } from './attribute-value.ts'
import {
  ExpressionFault,
  isFunction,
  isPath,
  type Comparison,
  type ConditionNode,
  type FunctionCall,
  type Operand,
  type Path,
  type Placeholder,
  type UpdateOperand,
  type UpdateSection,
} from './expression-tree.ts'

/**
 * Replaces the placeholders of parsed expressions by the names and values of one request, and checks the operands. The
 * methods throw an ExpressionFault.
 */
export class ExpressionBinding {
  /** All bound paths. */
  readonly paths: Path[] = []
  readonly #names: Readonly<Record<string, string>>
  readonly #values: Readonly<Record<string, AttributeValue>>

  constructor(names: Readonly<Record<string, string>>, values: Readonly<Record<string, AttributeValue>>) {
    this.#names = names
    this.#values = values
  }

  condition(node: ConditionNode<Placeholder>): ConditionNode {
    switch (node.type) {
      case 'and':
      case 'or':
        return { type: node.type, args: [this.condition(node.args[0]), this.condition(node.args[1])] }
      case 'not':
        return { type: 'not', args: [this.condition(node.args[0])] }
      case 'function':
        return this.#conditionFunction(node)
      default: {
        const comparison = { type: node.type, args: node.args.map((operand) => this.#operand(operand)) }
        checkComparison(comparison)
        return comparison
      }
    }
  }

  update(sections: readonly UpdateSection<Placeholder>[]): { sections: UpdateSection[]; targets: Path[] } {
    const bound = sections.map((section): UpdateSection => {
      const path = this.#path(section.path)
      switch (section.type) {
        case 'remove':
          return { type: 'remove', path }
        case 'set':
          return { type: 'set', path, val: this.#updateOperand(section.val) }
        default:
          return { type: section.type, path, val: this.#value(section.val) }
      }
    })
    const targets = bound.map(({ path }) => path)
    checkSeparate(targets)
    for (const section of bound) {
      if (section.type === 'set') checkUpdateOperand(section.val)
      else if (section.type !== 'remove') checkAction(section)
    }
    return { sections: bound, targets }
  }

  projection(paths: readonly Path[]): Path[] {
    const bound = paths.map((path) => this.#path(path))
    checkSeparate(bound)
    return bound
  }

  #operand(operand: Operand<Placeholder>): Operand {
    if (isPath(operand)) return this.#path(operand)
    return isFunction(operand) ? this.#conditionFunction(operand) : this.#value(operand)
  }

  #conditionFunction({ name, args }: FunctionCall<Placeholder>): FunctionCall {
    const call: FunctionCall = { type: 'function', name, args: args.map((operand) => this.#operand(operand)) }
    checkConditionFunction(call)
    return call
  }

  #updateOperand(operand: UpdateOperand<Placeholder>): UpdateOperand {
    if (isPath(operand)) return this.#path(operand)
    if ('placeholder' in operand) return this.#value(operand)
    return { ...operand, args: operand.args.map((each) => this.#updateOperand(each)) } as UpdateOperand
  }

  #path(path: Path): Path {
    const bound = path.some(isPlaceholder) ? path.map((step) => (isPlaceholder(step) ? this.#name(step) : step)) : path
    this.paths.push(bound)
    return bound
  }

  #name(placeholder: string): string {
    if (Object.hasOwn(this.#names, placeholder)) return this.#names[placeholder]!
    throw new ExpressionFault(
      `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
    )
  }

  #value({ placeholder }: Placeholder): AttributeValue {
    if (Object.hasOwn(this.#values, placeholder)) return this.#values[placeholder]!
    throw new ExpressionFault(
      `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
    )
  }
}

const isPlaceholder = (step: string | number): step is string => typeof step === 'string' && step.startsWith('#')

const wrongType = (operator: string, type: string) =>
  new ExpressionFault(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  )

/** The type of a value, or of the result of `size`; unknown for a path. */
function typeIn(operand: Operand): AttributeType | undefined {
  if (isPath(operand)) return undefined
  return isFunction(operand) ? 'N' : typeOf(operand)
}

function requireTypes(operator: string, operands: readonly Operand[], allowed: readonly AttributeType[]): void {
  for (const type of operands.map(typeIn)) {
    if (type !== undefined && !allowed.includes(type)) throw wrongType(operator, type)
  }
}

function requireDistinct(operator: string, [operand, ...others]: readonly Operand[]): void {
  if (!isPath(operand) || !others.some((other) => isPath(other) && pathText(operand) === pathText(other))) return
  throw new ExpressionFault(
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${operator}, first operand: ${pathText(operand)}`,
  )
}

/** A path in an error message: `[a, [2], b]`. */
const pathText = (path: Path) => `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`

/** Only numbers, strings and binary are ordered; a value of another type is not valid for such an operator. */
function checkComparison({ type, args }: Comparison): void {
  const operator = type.toUpperCase()
  requireDistinct(operator, args)
  if (['=', '<>', 'in'].includes(type)) return
  requireTypes(operator, args, ['S', 'N', 'B'])
  const [, lower, upper] = args
  if (type !== 'between' || isPath(lower) || isPath(upper) || isFunction(lower!) || isFunction(upper!)) return
  const order = compareValues(lower as AttributeValue, upper as AttributeValue)
  const bounds = `lower bound operand: ${valueText(lower!)}, upper bound operand: ${valueText(upper!)}`
  if (order === undefined) {
    throw new ExpressionFault(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`)
  }
  if (order > 0) {
    throw new ExpressionFault(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    )
  }
}

const valueText = (value: object) =>
  `AttributeValue: {${Object.entries(value)
    .map(([type, content]) => `${type}:${content}`)
    .join()}}`

const typeNames = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M']

function checkConditionFunction({ name, args }: FunctionCall): void {
  requireDistinct(name, args)
  if (name === 'begins_with') requireTypes(name, args, ['S', 'B'])
  if (name === 'size') requireTypes(name, args, ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'])
  if (name !== 'attribute_type') return
  const type = typeIn(args[1]!)
  if (type !== 'S') throw wrongType(name, type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
  const { S: expected } = args[1] as AttributeValue
  if (typeNames.includes(expected!)) return
  throw new ExpressionFault(
    `Invalid attribute type name found; type: ${expected}, valid types: {${typeNames.join(',')}}`,
  )
}

/** Two actions of an update, or two paths of a projection, must not concern one value. */
function checkSeparate(paths: readonly Path[]): void {
  for (const [position, path] of paths.entries()) {
    for (const earlier of paths.slice(0, position)) {
      const relation = relationOf(earlier, path)
      if (relation === undefined) continue
      throw new ExpressionFault(
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${pathText(earlier)}, path two: ${pathText(path)}`,
      )
    }
  }
}

/** Two paths conflict when they need a value to be both a list and a map. */
function relationOf(one: Path, other: Path): 'overlap' | 'conflict' | undefined {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    if (typeof one[index] !== typeof other[index]) return 'conflict'
    if (one[index] !== other[index]) return undefined
  }
  return 'overlap'
}

/** ADD accepts numbers and sets, DELETE sets. */
function checkAction({ type, val }: UpdateSection & { type: 'add' | 'delete' }): void {
  const action = type.toUpperCase()
  const allowed = ['SS', 'NS', 'BS', ...(type === 'add' ? ['N'] : [])]
  if (allowed.includes(typeOf(val))) return
  throw new ExpressionFault(
    `Incorrect operand type for operator or function; operator: ${action}, operand type: ${typeOf(val)}, typeSet: ALLOWED_FOR_${action}_OPERAND`,
  )
}

/** Arithmetic needs numbers and `list_append` lists; the results of functions are checked when they are evaluated. */
function checkUpdateOperand(operand: UpdateOperand): void {
  if (isPath(operand) || !('args' in operand)) return
  for (const each of operand.args) checkUpdateOperand(each)
  const values = operand.args.filter((each) => !isPath(each) && !isFunction(each))
  if (operand.type !== 'function') requireTypes(operand.type === 'add' ? '+' : '-', values, ['N'])
  else if (operand.name === 'list_append') requireTypes(operand.name, values, ['L'])
}
