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
import { InvalidValue } from './request.ts'

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

/** A parsed expression, and the placeholders in it. */
interface Parsed<Tree> {
  readonly tree: Tree
  readonly names: readonly string[]
  readonly values: readonly string[]
}

type Bound = Part & Pick<Parsed<unknown>, 'names' | 'values'>

const cachedExpressions = 500
const expressionLimitBytes = 4096

/** Parses each text once, since programs repeat a few texts with other values, and binds it to those of each request. */
function grammar<Tree>(
  parse: (parser: ExpressionParser) => Tree,
  faultOf: (tree: Tree, parser: ExpressionParser) => string | undefined,
  bind: (binding: Binding, parsed: Parsed<Tree>) => object,
  reportsSize = true,
): (text: string, binding: Binding) => Bound {
  const known = new Map<string, Parsed<Tree>>()
  const parsedOnce = (text: string): Parsed<Tree> => {
    const cached = known.get(text)
    if (cached) return cached
    throwFault(sizeFault(text, reportsSize))
    const parser = new ExpressionParser(text)
    const tree = parse(parser)
    throwFault(parser.redundantParentheses ? 'The expression has redundant parentheses;' : faultOf(tree, parser))
    if (known.size === cachedExpressions) known.clear()
    const parsed = { tree, names: parser.names, values: parser.values }
    known.set(text, parsed)
    return parsed
  }
  return (text, binding) => {
    const parsed = parsedOnce(text)
    return { ...bind(binding, parsed), paths: binding.paths, names: parsed.names, values: parsed.values }
  }
}

function sizeFault(text: string, reportsSize: boolean): string | undefined {
  if (text === '') return 'The expression can not be empty;'
  const size = Buffer.byteLength(text)
  if (size <= expressionLimitBytes) return undefined
  return `Expression size has exceeded the maximum allowed size;${reportsSize ? ` expression size: ${size}` : ''}`
}

const conditionGrammar = grammar(
  (parser) => parser.condition(),
  (tree) => conditionTextFault(tree),
  (binding, { tree }) => ({ expression: binding.node(tree, callFault) }),
)

/** The expression parameters of all operations, and the part that each becomes. */
const parameters = {
  UpdateExpression: {
    part: 'update',
    grammar: grammar(
      (parser) => parser.update(),
      (actions, parser) => updateTextFault(actions, parser.sections),
      (binding, parsed) => ({ actions: binding.update(parsed) }),
      false,
    ),
  },
  ConditionExpression: { part: 'condition', grammar: conditionGrammar },
  KeyConditionExpression: { part: 'keyCondition', grammar: conditionGrammar },
  FilterExpression: { part: 'filter', grammar: conditionGrammar },
  ProjectionExpression: {
    part: 'projection',
    grammar: grammar(
      (parser) => parser.projection(),
      (paths) => first(paths, pathFault),
      (binding, { tree }) => binding.projection(tree),
    ),
  },
} as const

export type ExpressionMember = keyof typeof parameters

/** The names and values of a request, by placeholder. */
interface Placeholders {
  readonly names: Readonly<Record<string, string>> | undefined
  readonly values: Readonly<Record<string, AttributeValue>> | undefined
}

/**
 * Parses the expressions of `request`.
 * @param accepted the operation's expression parameters; the error message for values without an expression names them
 * @throws AwsError ValidationException with DynamoDB's message
 */
export function expressionsOf(request: Record<string, any>, accepted: readonly ExpressionMember[]): Expressions {
  const present = accepted.filter((member) => request[member] !== undefined)
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = request
  requirePlaceholders({ names, values }, present, accepted)
  const bound = present.map((member): [string, Bound] => {
    const { part, grammar: bind } = parameters[member]
    try {
      return [part, bind(request[member], new Binding({ names, values }))]
    } catch (error) {
      throw error instanceof ExpressionFault ? validationError(`Invalid ${member}: ${error.message}`) : error
    }
  })
  // The only errors that are reported after all expressions are valid.
  for (const kind of ['names', 'values'] as const) {
    const entries = Object.keys((kind === 'names' ? names : values) ?? {})
    const unused = entries.filter((key) => !bound.some(([, part]) => part[kind].includes(key)))
    if (unused.length === 0) continue
    throw validationError(`Value provided in ${parameterOf[kind]} unused in expressions: keys: {${unused.join(', ')}}`)
  }
  return Object.fromEntries(bound)
}

const parameterOf = { names: 'ExpressionAttributeNames', values: 'ExpressionAttributeValues' } as const

function requirePlaceholders(
  { names, values }: Placeholders,
  present: readonly ExpressionMember[],
  accepted: readonly ExpressionMember[],
): void {
  if (names !== undefined && present.length === 0) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions')
  }
  const withValues = accepted.filter((member) => member !== 'ProjectionExpression')
  if (values !== undefined && !withValues.some((member) => present.includes(member))) {
    throw validationError('ExpressionAttributeValues can only be specified when using expressions')
  }
  requireKeys('ExpressionAttributeNames', names, /^#\w+$/)
  const unnamed = Object.keys(names ?? {}).find((key) => names![key] === '')
  if (unnamed !== undefined) {
    throw validationError(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${unnamed}`)
  }
  requireKeys('ExpressionAttributeValues', values, /^:\w+$/)
  for (const key of Object.keys(values ?? {})) {
    const fault = attributeValueFault(values![key]!)
    if (fault) throw new InvalidValue(fault, key)
  }
}

function requireKeys(parameter: string, entries: object | undefined, pattern: RegExp): void {
  if (entries === undefined) return
  const keys = Object.keys(entries)
  if (keys.length === 0) throw validationError(`${parameter} must not be empty`)
  const invalid = keys.find((key) => !pattern.test(key))
  if (invalid !== undefined) throw validationError(`${parameter} contains invalid key: Syntax error; key: "${invalid}"`)
}

/** Replaces the placeholders of parsed expressions by the names and values of one request. */
class Binding {
  /** All bound paths. */
  readonly paths: Path[] = []
  readonly #placeholders: Placeholders

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders
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
  projection(paths: readonly Path[]): Part {
    const bound = { paths: paths.map((path) => this.#path(path)) }
    throwFault(pathsFault(bound.paths))
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
    const { names = {} } = this.#placeholders
    if (Object.hasOwn(names, placeholder)) return names[placeholder]!
    throw new ExpressionFault(
      `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
    )
  }

  #value(placeholder: string): AttributeValue {
    const { values = {} } = this.#placeholders
    if (Object.hasOwn(values, placeholder)) return values[placeholder]!
    throw new ExpressionFault(
      `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
    )
  }
}

const isPlaceholder = (step: string | number): step is string => typeof step === 'string' && step.startsWith('#')

function throwFault(fault: string | undefined): void {
  if (fault !== undefined) throw new ExpressionFault(fault)
}

/** The top-level attributes that the expressions read or write, for the condition key `dynamodb:Attributes`. */
export const attributesOf = (expressions: Expressions): string[] => [
  ...new Set(partsOf(expressions).flatMap(({ paths }) => paths.map(headOf))),
]

export const partsOf = ({ condition, keyCondition, filter, projection, update }: Expressions): Part[] =>
  [condition, keyCondition, filter, projection, update].filter((part) => part !== undefined)

/** The attribute at which a path begins. */
export const headOf = ([head]: Path): string => String(head)
