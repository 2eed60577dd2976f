import { compareValues, typeOf, type AttributeType, type AttributeValue } from './attribute-value.ts'
import { first } from './expression-faults.ts'
import {
  ExpressionFault,
  isFunction,
  isPath,
  pathText,
  type Comparison,
  type ConditionNode,
  type FunctionCall,
  type Operand,
  type Path,
  type Placeholder,
  type UpdateOperand,
  type UpdateSection,
} from './expression-tree.ts'

/** Replaces the placeholders of parsed expressions by the names and values of one request, and checks the operands. */
export class ExpressionBinding {
  /** All bound paths. */
  readonly paths: Path[] = []
  readonly #names: Readonly<Record<string, string>>
  readonly #values: Readonly<Record<string, AttributeValue>>

  constructor(names: Readonly<Record<string, string>>, values: Readonly<Record<string, AttributeValue>>) {
    this.#names = names
    this.#values = values
  }

  /** @throws ExpressionFault for the first error in the order of the text */
  condition(node: ConditionNode<Placeholder>): ConditionNode {
    switch (node.type) {
      case 'and':
      case 'or':
        return { type: node.type, args: [this.condition(node.args[0]), this.condition(node.args[1])] }
      case 'not':
        return { type: 'not', args: [this.condition(node.args[0])] }
      case 'function':
        return this.#function(node)
      default:
        return checked({ type: node.type, args: node.args.map((operand) => this.#operand(operand)) }, comparisonFault)
    }
  }

  /** @throws ExpressionFault for undefined names first, then overlapping paths, undefined values, and operands */
  update(
    sections: readonly UpdateSection<Placeholder>[],
    { names, values }: { names: readonly string[]; values: readonly string[] },
  ): { sections: UpdateSection[]; targets: Path[] } {
    for (const name of names) this.#name(name)
    const targets = sections.map((section) => this.#steps(section.path))
    throwFault(pathsFault(targets))
    for (const value of values) this.#value({ placeholder: value })
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
    throwFault(first(bound, actionFault) ?? first(bound, setFault))
    return { sections: bound, targets }
  }

  /** @throws ExpressionFault when a name is undefined or two paths overlap */
  projection(paths: readonly Path[]): Path[] {
    const bound = paths.map((path) => this.#path(path))
    throwFault(pathsFault(bound))
    return bound
  }

  #operand(operand: Operand<Placeholder>): Operand {
    if (isPath(operand)) return this.#path(operand)
    return isFunction(operand) ? this.#function(operand) : this.#value(operand)
  }

  #updateOperand(operand: UpdateOperand<Placeholder>): UpdateOperand {
    if (isPath(operand) || !('type' in operand)) return this.#operand(operand)
    if (isFunction(operand)) return this.#call(operand)
    return { type: operand.type, args: [this.#nested(operand.args[0]), this.#nested(operand.args[1])] }
  }

  /** An operand of an update, whose functions are checked after all other errors. */
  #nested(operand: Operand<Placeholder>): Operand {
    return isFunction(operand) ? this.#call(operand) : this.#operand(operand)
  }

  #call({ name, args }: FunctionCall<Placeholder>): FunctionCall {
    return { type: 'function', name, args: args.map((operand) => this.#nested(operand)) }
  }

  #function({ name, args }: FunctionCall<Placeholder>): FunctionCall {
    return checked({ type: 'function', name, args: args.map((operand) => this.#operand(operand)) }, functionFault)
  }

  #path(path: Path): Path {
    const bound = this.#steps(path)
    this.paths.push(bound)
    return bound
  }

  #steps(path: Path): Path {
    return path.some(isPlaceholder) ? path.map((step) => (isPlaceholder(step) ? this.#name(step) : step)) : path
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

function checked<T>(node: T, faultOf: (node: T) => string | undefined): T {
  throwFault(faultOf(node))
  return node
}

function throwFault(fault: string | undefined): void {
  if (fault !== undefined) throw new ExpressionFault(fault)
}

const wrongType = (operator: string, type: string) =>
  `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`

const wrongCount = ({ name, args }: FunctionCall) =>
  `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`

const needsPath = (name: string) => `Operator or function requires a document path; operator or function: ${name}`

/** The type of a value, or of the result of `size`; unknown for a path. */
function typeIn(operand: Operand): AttributeType | undefined {
  if (isPath(operand)) return undefined
  return isFunction(operand) ? 'N' : typeOf(operand)
}

const literalType = (operand: UpdateOperand) => (isPath(operand) || 'type' in operand ? undefined : typeOf(operand))

const orderingOperators = new Set(['<', '<=', '>', '>=', 'between'])
const orderedTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B'])

function comparisonFault({ type, args }: Comparison): string | undefined {
  const operator = type.toUpperCase()
  return (
    distinctFault(operator, args) ??
    unorderedFault(type, operator, args) ??
    (type === 'between' ? boundsFault(args) : undefined)
  )
}

function distinctFault(operator: string, [operand, ...others]: readonly Operand[]): string | undefined {
  if (!isPath(operand) || !others.some((other) => isPath(other) && samePath(operand, other))) return undefined
  return (
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
    `operator: ${operator}, first operand: ${pathText(operand)}`
  )
}

const samePath = (one: Path, other: Path) =>
  one.length === other.length && one.every((step, index) => step === other[index])

/** Only numbers, strings and binary are ordered; a value of another type is not valid for such an operator. */
function unorderedFault(type: Comparison['type'], operator: string, args: readonly Operand[]): string | undefined {
  if (!orderingOperators.has(type)) return undefined
  const unordered = args.map(typeIn).find((candidate) => candidate !== undefined && !orderedTypes.has(candidate))
  return unordered && wrongType(operator, unordered)
}

function boundsFault([, lower, upper]: readonly Operand[]): string | undefined {
  const [from, to] = [literalType(lower!), literalType(upper!)]
  if (from === undefined || to === undefined) return undefined
  const [low, high] = [lower as AttributeValue, upper as AttributeValue]
  const bounds = `lower bound operand: AttributeValue: {${from}:${String(low[from])}}, upper bound operand: AttributeValue: {${to}:${String(high[to])}}`
  if (from !== to) return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`
  if (compareValues(low, high)! <= 0) return undefined
  return `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`
}

const operandCounts: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
  if_not_exists: 2,
  list_append: 2,
}

function functionFault(call: FunctionCall): string | undefined {
  const { name, args } = call
  if (operandCounts[name] !== args.length) return wrongCount(call)
  return distinctFault(name, args) ?? conditionOperandFault(name, args)
}

function conditionOperandFault(name: string, args: readonly Operand[]): string | undefined {
  const [operand, argument] = args
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return isPath(operand) ? undefined : needsPath(name)
    case 'attribute_type':
      return attributeTypeFault(argument!)
    case 'begins_with': {
      const wrong = args.map(typeIn).find((type) => type !== undefined && type !== 'S' && type !== 'B')
      return wrong && wrongType(name, wrong)
    }
    case 'size': {
      const type = typeIn(operand!)
      return type === 'N' || type === 'BOOL' || type === 'NULL' ? wrongType(name, type) : undefined
    }
    default:
      return undefined
  }
}

const typeNames = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M']

function attributeTypeFault(argument: Operand): string | undefined {
  const type = typeIn(argument)
  if (type !== 'S') return wrongType('attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
  const name = (argument as AttributeValue).S!
  if (typeNames.includes(name)) return undefined
  return `Invalid attribute type name found; type: ${name}, valid types: {${typeNames.join(',')}}`
}

/** Two actions of an update, or two paths of a projection, must not concern one value. */
function pathsFault(paths: readonly Path[]): string | undefined {
  let conflict: string | undefined
  for (const [position, path] of paths.entries()) {
    for (const earlier of paths.slice(0, position)) {
      const relation = relationOf(earlier, path)
      const both = `must remove or rewrite one of these paths; path one: ${pathText(earlier)}, path two: ${pathText(path)}`
      if (relation === 'overlap') return `Two document paths overlap with each other; ${both}`
      if (relation === 'conflict') conflict = `Two document paths conflict with each other; ${both}`
    }
  }
  return conflict
}

/** Two paths conflict when they need a value to be both a list and a map. */
function relationOf(one: Path, other: Path): 'overlap' | 'conflict' | undefined {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    if (typeof one[index] !== typeof other[index]) return 'conflict'
    if (one[index] !== other[index]) return undefined
  }
  return 'overlap'
}

const actionTypes: Readonly<Record<AttributeType, string | undefined>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
  SS: undefined,
  NS: undefined,
  BS: undefined,
}

/** ADD accepts numbers and sets, DELETE sets. */
function actionFault(section: UpdateSection): string | undefined {
  if (section.type !== 'add' && section.type !== 'delete') return undefined
  const action = section.type.toUpperCase()
  const type = typeOf(section.val)
  const name = actionTypes[type]
  if (name === undefined || (section.type === 'add' && type === 'N')) return undefined
  return `Incorrect operand type for operator or function; operator: ${action}, operand type: ${name}, typeSet: ALLOWED_FOR_${action}_OPERAND`
}

const setFault = (section: UpdateSection) => (section.type === 'set' ? updateOperandFault(section.val) : undefined)

function updateOperandFault(operand: UpdateOperand): string | undefined {
  if (isPath(operand) || !('args' in operand)) return undefined
  const { args } = operand
  const nested = first(args, updateOperandFault)
  if (nested !== undefined) return nested
  if (operand.type !== 'function') return literalFault(operand.type === 'add' ? '+' : '-', args, 'N')
  if (operandCounts[operand.name] !== args.length) return wrongCount(operand)
  if (operand.name === 'list_append') return literalFault(operand.name, args, 'L')
  return isPath(args[0]) ? undefined : needsPath(operand.name)
}

function literalFault(operator: string, args: readonly Operand[], required: AttributeType): string | undefined {
  const wrong = args.map(literalType).find((type) => type !== undefined && type !== required)
  return wrong && wrongType(operator, wrong)
}
