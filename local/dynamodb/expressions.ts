import { validationError } from '../wire/aws-error.ts'
import { attributeValueFault, type AttributeValue } from './attribute-value.ts'
import {
  callFault,
  conditionTextFault,
  first,
  pathFault,
  pathsFault,
  updateFault,
  updateTextFault,
} from './expression-faults.ts'
import {
  ExpressionFault,
  ExpressionParser,
  isCall,
  isPath,
  type Action,
  type Call,
  type Node,
  type Path,
} from './expression-parser.ts'

interface Part {
  /** All paths in the expression. */
  readonly paths: readonly Path[]
}

interface Condition extends Part {
  readonly expression: Call
}

/** The expressions of one request (or of one action of a transaction), with names and values substituted. */
export interface Expressions {
  readonly update?: Part & { readonly actions: readonly Action[] }
  readonly condition?: Condition
  readonly keyCondition?: Condition
  readonly filter?: Condition
  readonly projection?: Part
}

/** The expression parameters of all operations, and the part that each becomes. */
const parts = {
  UpdateExpression: 'update',
  ConditionExpression: 'condition',
  KeyConditionExpression: 'keyCondition',
  FilterExpression: 'filter',
  ProjectionExpression: 'projection',
} as const

export type ExpressionMember = keyof typeof parts

/**
 * Parses the expressions of `request`.
 * @param accepted the operation's expression parameters; the error message for values without an expression names them
 * @throws AwsError ValidationException with DynamoDB's message
 */
export function expressionsOf(request: Record<string, any>, accepted: readonly ExpressionMember[]): Expressions {
  const present = accepted.filter((member) => request[member] !== undefined)
  const names: Record<string, string> = request['ExpressionAttributeNames'] ?? {}
  const values: Record<string, AttributeValue> = request['ExpressionAttributeValues'] ?? {}
  requireParameters(request, present, accepted)
  const bound = present.map((member) => ({ member, ...bind(member, request[member], names, values) }))
  requireUsed('ExpressionAttributeNames', names, (name) => bound.some(({ used }) => used.names.includes(name)))
  requireUsed('ExpressionAttributeValues', values, (name) => bound.some(({ used }) => used.values.includes(name)))
  return Object.fromEntries(bound.map(({ member, part }) => [parts[member], part]))
}

function bind(
  member: ExpressionMember,
  text: string,
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, AttributeValue>>,
): { part: Part; used: Parsed<unknown> } {
  const binding = new Binding(names, values)
  const { paths } = binding
  try {
    switch (member) {
      case 'UpdateExpression': {
        const used = parseUpdate(text)
        return { part: { actions: binding.update(used), paths } as Part, used }
      }
      case 'ProjectionExpression': {
        const used = parseProjection(text)
        return { part: { paths: binding.projection(used.tree) }, used }
      }
      default: {
        const used = parseCondition(text)
        return { part: { expression: binding.node(used.tree, callFault), paths } as Part, used }
      }
    }
  } catch (error) {
    throw error instanceof ExpressionFault ? validationError(`Invalid ${member}: ${error.message}`) : error
  }
}

/** Replaces the placeholders of parsed expressions by the names and values of one request. */
class Binding {
  /** All bound paths. */
  readonly paths: Path[] = []
  readonly #names: Readonly<Record<string, string>>
  readonly #values: Readonly<Record<string, AttributeValue>>

  constructor(names: Readonly<Record<string, string>>, values: Readonly<Record<string, AttributeValue>>) {
    this.#names = names
    this.#values = values
  }

  /** @throws ExpressionFault for the first error in the order of the text */
  node(node: Node, faultOf?: (call: Call) => string | undefined): Node {
    if (isPath(node)) return this.#path(node)
    if ('placeholder' in node) return this.#value(node.placeholder)
    if (!isCall(node)) return node
    const call = { type: node.type, args: node.args.map((operand) => this.node(operand, faultOf)) }
    throwFault(faultOf?.(call))
    return call
  }

  /** @throws ExpressionFault for undefined names first, then overlapping paths, undefined values, and operands */
  update({ tree, names, values }: Parsed<Action[]>): Action[] {
    for (const name of names) this.#name(name)
    throwFault(pathsFault(tree.map(({ path }) => this.#steps(path))))
    for (const value of values) this.#value(value)
    const actions = tree.map(({ type, path, operand }): Action => {
      const bound = { type, path: this.#path(path) }
      return operand ? { ...bound, operand: this.node(operand) } : bound
    })
    throwFault(updateFault(actions))
    return actions
  }

  /** @throws ExpressionFault when a name is undefined or two paths overlap */
  projection(paths: readonly Path[]): Path[] {
    const bound = paths.map((path) => this.#path(path))
    throwFault(pathsFault(bound))
    return bound
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

  #value(placeholder: string): AttributeValue {
    if (Object.hasOwn(this.#values, placeholder)) return this.#values[placeholder]!
    throw new ExpressionFault(
      `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
    )
  }
}

const isPlaceholder = (step: string | number): step is string => typeof step === 'string' && step.startsWith('#')

function throwFault(fault: string | undefined): void {
  if (fault !== undefined) throw new ExpressionFault(fault)
}

/** A parsed expression, and the placeholders in it. */
interface Parsed<Tree> {
  readonly tree: Tree
  readonly names: readonly string[]
  readonly values: readonly string[]
}

const parseCondition = cached(
  (parser) => parser.condition(),
  (condition) => conditionTextFault(condition),
)
const parseUpdate = cached(
  (parser) => parser.update(),
  (actions, parser) => updateTextFault(actions, parser.sections),
)
const parseProjection = cached(
  (parser) => parser.projection(),
  (paths) => first(paths, pathFault),
)

const cachedExpressions = 500
const expressionLimitBytes = 4096

/** Parses each text once, since programs repeat a few texts with other values. */
function cached<Tree>(
  grammar: (parser: ExpressionParser) => Tree,
  faultOf: (tree: Tree, parser: ExpressionParser) => string | undefined,
): (text: string) => Parsed<Tree> {
  const known = new Map<string, Parsed<Tree>>()
  return (text) => {
    const cachedTree = known.get(text)
    if (cachedTree) return cachedTree
    throwFault(sizeFault(text))
    const parser = new ExpressionParser(text)
    const tree = grammar(parser)
    throwFault(parser.redundantParentheses ? 'The expression has redundant parentheses;' : faultOf(tree, parser))
    if (known.size === cachedExpressions) known.clear()
    const result = { tree, names: parser.names, values: parser.values }
    known.set(text, result)
    return result
  }
}

function sizeFault(text: string): string | undefined {
  if (text === '') return 'The expression can not be empty;'
  const size = Buffer.byteLength(text)
  if (size <= expressionLimitBytes) return undefined
  return `Expression size has exceeded the maximum allowed size; expression size: ${size}`
}

function requireParameters(
  request: Record<string, any>,
  present: readonly ExpressionMember[],
  accepted: readonly ExpressionMember[],
): void {
  const names: Record<string, string> | undefined = request['ExpressionAttributeNames']
  const values: Record<string, AttributeValue> | undefined = request['ExpressionAttributeValues']
  if (names !== undefined && present.length === 0) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions')
  }
  const withValues = accepted.filter((member) => member !== 'ProjectionExpression')
  if (values !== undefined && !withValues.some((member) => present.includes(member))) {
    throw validationError(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`,
    )
  }
  requireKeys('ExpressionAttributeNames', names, /^#\w+$/, (name) => (name === '' ? 'Empty attribute name' : undefined))
  requireKeys('ExpressionAttributeValues', values, /^:\w+$/, attributeValueFault)
}

function requireKeys<T>(
  parameter: string,
  entries: Record<string, T> | undefined,
  pattern: RegExp,
  faultOf: (value: T) => string | undefined,
): void {
  if (entries === undefined) return
  const keys = Object.keys(entries)
  if (keys.length === 0) throw validationError(`${parameter} must not be empty`)
  const invalid = keys.find((key) => !pattern.test(key))
  if (invalid !== undefined) throw validationError(`${parameter} contains invalid key: Syntax error; key: "${invalid}"`)
  for (const key of keys) {
    const fault = faultOf(entries[key]!)
    if (fault !== undefined) throw validationError(`${parameter} contains invalid value: ${fault} for key ${key}`)
  }
}

/** The only error that is reported after all expressions are valid. */
function requireUsed(parameter: string, entries: Record<string, unknown>, isUsed: (key: string) => boolean): void {
  const unused = Object.keys(entries).filter((key) => !isUsed(key))
  if (unused.length > 0) {
    throw validationError(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`)
  }
}

/** The top-level attributes that the expressions read or write, for the condition key `dynamodb:Attributes`. */
export const attributesOf = (expressions: Expressions): string[] => [
  ...new Set(partsOf(expressions).flatMap(({ paths }) => paths.map(headOf))),
]

export const partsOf = ({ condition, keyCondition, filter, projection, update }: Expressions): Part[] =>
  [condition, keyCondition, filter, projection, update].filter((part) => part !== undefined)

/** The attribute at which a path begins. */
export const headOf = ([head]: Path): string => String(head)
