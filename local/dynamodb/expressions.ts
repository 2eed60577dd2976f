import { validationError } from '../wire/aws-error.ts'
import { attributeValueFault, type AttributeValue } from './attribute-value.ts'
import { ExpressionBinding } from './expression-binding.ts'
import { conditionFault, first, pathFault, updateFault } from './expression-faults.ts'
import { ExpressionParser } from './expression-parser.ts'
import { ExpressionFault, type ConditionNode, type Path, type UpdateSection } from './expression-tree.ts'

interface Part {
  /** All paths in the expression. */
  readonly paths: readonly Path[]
}

interface Condition extends Part {
  readonly expression: ConditionNode
}

/** The expressions of one request (or of one action of a transaction), with names and values substituted. */
export interface Expressions {
  /** `targets` are the paths that the update changes. */
  readonly update?: Part & { readonly sections: readonly UpdateSection[]; readonly targets: readonly Path[] }
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
  const bindings = present.map((member) => [member, bind(member, request[member], names, values)] as const)
  requireUsed('ExpressionAttributeNames', names, (name) => bindings.some(([, { used }]) => used.names.includes(name)))
  requireUsed('ExpressionAttributeValues', values, (name) =>
    bindings.some(([, { used }]) => used.values.includes(name)),
  )
  return Object.fromEntries(bindings.map(([member, { part }]) => [parts[member], part]))
}

function bind(
  member: ExpressionMember,
  text: string,
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, AttributeValue>>,
): { part: NonNullable<Expressions[keyof Expressions]>; used: Parsed<unknown> } {
  const binding = new ExpressionBinding(names, values)
  const { paths } = binding
  try {
    switch (member) {
      case 'UpdateExpression': {
        const used = parseUpdate(text)
        return { part: { ...binding.update(used.tree, used), paths }, used }
      }
      case 'ProjectionExpression': {
        const used = parseProjection(text)
        return { part: { paths: binding.projection(used.tree) }, used }
      }
      default: {
        const used = parseCondition(text)
        return { part: { expression: binding.condition(used.tree), paths }, used }
      }
    }
  } catch (error) {
    throw error instanceof ExpressionFault ? validationError(`Invalid ${member}: ${error.message}`) : error
  }
}

/** A parsed expression, and the placeholders in it. */
interface Parsed<Tree> {
  readonly tree: Tree
  readonly names: readonly string[]
  readonly values: readonly string[]
}

const parseCondition = cached((parser) => parser.condition(), conditionFault)
const parseUpdate = cached(
  (parser) => parser.update(),
  (sections, parser) => updateFault(sections, parser.sections),
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
    const parser = parserOf(text)
    const tree = grammar(parser)
    const fault = parser.redundantParentheses ? 'The expression has redundant parentheses;' : faultOf(tree, parser)
    if (fault !== undefined) throw new ExpressionFault(fault)
    if (known.size === cachedExpressions) known.clear()
    const result = { tree, names: parser.names, values: parser.values }
    known.set(text, result)
    return result
  }
}

function parserOf(text: string): ExpressionParser {
  if (text === '') throw new ExpressionFault('The expression can not be empty;')
  const size = Buffer.byteLength(text)
  if (size > expressionLimitBytes) {
    throw new ExpressionFault(`Expression size has exceeded the maximum allowed size; expression size: ${size}`)
  }
  return new ExpressionParser(text)
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
