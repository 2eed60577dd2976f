import { validationError } from '../wire/aws-error.ts'
import type { AttributeValue } from './attribute-value.ts'
import { parseExpressions } from './dynalite.ts'
import { completedFault, operandFault } from './operand-faults.ts'

/** `a.b[2]` is `['a', 'b', 2]`. */
export type Path = (string | number)[]

export type Operand = Path | AttributeValue | FunctionCall
export interface FunctionCall {
  type: 'function'
  name: string
  args: Operand[]
}
interface Arithmetic {
  type: 'add' | 'subtract'
  args: [UpdateOperand, UpdateOperand]
}
export type UpdateOperand = Operand | Arithmetic

export type ConditionNode =
  | { type: 'and' | 'or'; args: [ConditionNode, ConditionNode] }
  | { type: 'not'; args: [ConditionNode] }
  | { type: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'between' | 'in'; args: Operand[] }
  | FunctionCall

export type UpdateSection =
  | { type: 'set'; path: Path; val: UpdateOperand }
  | { type: 'remove'; path: Path }
  | { type: 'add' | 'delete'; path: Path; val: AttributeValue }

interface ParsedCondition {
  expression: ConditionNode
  /** Top-level attributes in the expression, and those of them with a nested path. */
  pathHeads: Record<string, true>
  nestedPaths: Record<string, true>
}

/** The parsed expressions of one request (or of one action of a transaction), with names and values substituted. */
export interface Expressions {
  update?: { sections: UpdateSection[]; paths: Path[]; nestedPaths: Record<string, true> }
  condition?: ParsedCondition
  keyCondition?: ParsedCondition
  filter?: ParsedCondition
  projection?: { paths: Path[]; nestedPaths: Record<string, true> }
}

const expressionMembers = [
  'UpdateExpression',
  'ConditionExpression',
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
] as const

type ExpressionMember = (typeof expressionMembers)[number]

const expressionLimitBytes = 4096

/**
 * Parses the expressions of `request`.
 * @param accepted the operation's expression parameters; the error message for values without an expression names them
 * @throws AwsError ValidationException with DynamoDB's message
 */
export function expressionsOf(request: Record<string, any>, accepted: readonly ExpressionMember[]): Expressions {
  requireUse(request, accepted)
  const data: Record<string, any> = {
    ExpressionAttributeNames: request['ExpressionAttributeNames'],
    ExpressionAttributeValues: request['ExpressionAttributeValues'],
  }
  for (const member of accepted) {
    const text: string | undefined = request[member]
    if (text !== undefined && Buffer.byteLength(text) > expressionLimitBytes) {
      throw validationError(
        `Invalid ${member}: Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`,
      )
    }
    data[member] = withoutDoubleNegation(text)
  }
  const error = parseExpressions(data)
  if (error !== undefined && !isUnused(error)) throw validationError(completedFault(error))
  for (const [member, parsed] of conditionsOf(data)) {
    const fault = parsed && operandFault(parsed.expression)
    if (fault !== undefined) throw validationError(`Invalid ${member}: ${fault}`)
  }
  if (error !== undefined) throw validationError(error)
  return {
    update: data['_updates'],
    condition: data['_condition'],
    keyCondition: data['_keyCondition'],
    filter: data['_filter'],
    projection: data['_projection'],
  }
}

/** The only error that DynamoDB reports after it validated all expressions. */
const isUnused = (fault: string) => fault.includes(' unused in expressions: ')

const conditionsOf = (data: Record<string, any>): [ExpressionMember, ParsedCondition | undefined][] => [
  ['ConditionExpression', data['_condition']],
  ['KeyConditionExpression', data['_keyCondition']],
  ['FilterExpression', data['_filter']],
]

/** The parser accepts only one NOT in a row; a double negation has no effect. */
const withoutDoubleNegation = (text: string | undefined) => text?.replaceAll(/(?<![\w#:.])NOT\s+NOT\s+(?=[^)])/gi, '')

function requireUse(request: Record<string, any>, accepted: readonly ExpressionMember[]): void {
  if (request['ExpressionAttributeNames'] !== undefined && accepted.every((member) => request[member] === undefined)) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions')
  }
  const withValues = accepted.filter((member) => member !== 'ProjectionExpression')
  if (
    request['ExpressionAttributeValues'] !== undefined &&
    withValues.every((member) => request[member] === undefined)
  ) {
    throw validationError(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`,
    )
  }
}

/** The top-level attributes that the expressions read or write, for the condition key `dynamodb:Attributes`. */
export function attributesOf(expressions: Expressions): string[] {
  const heads = new Set<string>()
  for (const condition of [expressions.condition, expressions.keyCondition, expressions.filter]) {
    for (const name of Object.keys(condition?.pathHeads ?? {})) heads.add(name)
  }
  for (const path of expressions.projection?.paths ?? []) heads.add(String(path[0]))
  for (const section of expressions.update?.sections ?? []) {
    heads.add(String(section.path[0]))
    if (section.type === 'set') collectHeads(section.val, heads)
  }
  return [...heads]
}

function collectHeads(operand: UpdateOperand, heads: Set<string>): void {
  if (Array.isArray(operand)) heads.add(String(operand[0]))
  else if ('args' in operand) for (const argument of operand.args) collectHeads(argument, heads)
}
