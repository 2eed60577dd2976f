import { typeOf, type AttributeValue } from './attribute-value.ts'
import type { ConditionNode, FunctionCall, Operand, Path } from './expressions.ts'

const ordering = new Set(['<', '<=', '>', '>=', 'between'])
const multiOperand = new Set(['between', 'in'])
const orderedTypes = new Set(['S', 'N', 'B'])

/** @returns DynamoDB's error message for operands that are invalid for every item and that the parser accepts */
export function operandFault(node: ConditionNode): string | undefined {
  return faultIn(node, sameOperand) ?? faultIn(node, unorderedOperand)
}

type Comparison = Exclude<ConditionNode, FunctionCall | { type: 'and' | 'or' | 'not' }>

function faultIn(
  node: ConditionNode,
  faultOf: (comparison: Comparison, operator: string) => string | undefined,
): string | undefined {
  switch (node.type) {
    case 'and':
    case 'or':
      return faultIn(node.args[0], faultOf) ?? faultIn(node.args[1], faultOf)
    case 'not':
      return faultIn(node.args[0], faultOf)
    case 'function':
      return undefined
    default:
      return faultOf(node, node.type.toUpperCase())
  }
}

function sameOperand({ type, args }: Comparison, operator: string): string | undefined {
  const [first, ...others] = args
  if (!multiOperand.has(type) || !isPath(first) || !others.some((other) => isPath(other) && samePath(first, other)))
    return undefined
  return (
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
    `operator: ${operator}, first operand: [${first.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`
  )
}

/** Only numbers, strings and binary are ordered; a literal of another type is not valid for a comparison. */
function unorderedOperand({ type, args }: Comparison, operator: string): string | undefined {
  if (!ordering.has(type)) return undefined
  const unordered = args.find((operand) => isLiteral(operand) && !orderedTypes.has(typeOf(operand)))
  return unordered && operandTypeFault(operator, typeOf(unordered as AttributeValue))
}

const operandTypeFault = (operator: string, type: string) =>
  `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`

const isPath = (operand: Operand | undefined): operand is Path => Array.isArray(operand)
const isLiteral = (operand: Operand): operand is AttributeValue => !isPath(operand) && !('type' in operand)
const samePath = (one: Path, other: Path) =>
  one.length === other.length && one.every((step, index) => step === other[index])

const boundsOfTwoTypes =
  /The BETWEEN operator requires .* lower bound operand: AttributeValue: \{(\w+):.*upper bound operand: AttributeValue: \{(\w+):/s

/** Adapts an error message of the parser where DynamoDB's has more details or reports another error first. */
export function completedFault(fault: string): string {
  const [, lower, upper] = boundsOfTwoTypes.exec(fault) ?? []
  const unordered = [lower, upper].find((type) => type !== undefined && !orderedTypes.has(type))
  if (unordered !== undefined) {
    return `${fault.slice(0, fault.indexOf(':'))}: ${operandTypeFault('BETWEEN', unordered)}`
  }
  const [, action] = /^Invalid UpdateExpression: Incorrect operand type .* operator: (ADD|DELETE), /.exec(fault) ?? []
  return action === undefined ? fault : `${fault}, typeSet: ALLOWED_FOR_${action}_OPERAND`
}
