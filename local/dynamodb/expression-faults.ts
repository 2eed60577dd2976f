import {
  isFunction,
  isPath,
  type ConditionNode,
  type FunctionCall,
  type Path,
  type Placeholder,
  type UpdateOperand,
  type UpdateSection,
} from './expression-tree.ts'
import { isReserved } from './reserved-words.ts'

type Operand = UpdateOperand<Placeholder>

const conditionFunctions = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
])
const updateFunctions = new Set(['if_not_exists', 'list_append'])

const nestingLimit = 32
const largestIndex = 2 ** 31 - 1

const invalidFunction = (name: string) => `Invalid function name; function: ${name}`
const misused = (name: string) => `The function is not allowed to be used this way in an expression; function: ${name}`

/**
 * Errors that depend on the text of an expression alone, so that they are found once for each text: the first in the
 * order of the text. @returns DynamoDB's message, or undefined
 */
export function conditionFault(node: ConditionNode<Placeholder>): string | undefined {
  switch (node.type) {
    case 'and':
    case 'or':
    case 'not':
      return first(node.args, conditionFault)
    case 'function':
      if (!conditionFunctions.has(node.name)) return invalidFunction(node.name)
      return node.name === 'size' ? misused(node.name) : first(node.args, conditionOperandFault)
    default:
      return first(node.args, conditionOperandFault)
  }
}

function conditionOperandFault(operand: Operand): string | undefined {
  if (isPath(operand)) return pathFault(operand)
  if (!isFunction(operand)) return undefined
  if (!conditionFunctions.has(operand.name)) return invalidFunction(operand.name)
  return operand.name === 'size' ? first(operand.args, conditionOperandFault) : misused(operand.name)
}

export function updateFault(
  sections: readonly UpdateSection<Placeholder>[],
  used: readonly string[],
): string | undefined {
  const fault = first(
    sections,
    (section) => pathFault(section.path) ?? ('val' in section ? valueFault(section.val) : undefined),
  )
  if (fault !== undefined) return fault
  const repeated = used.find((name, position) => used.indexOf(name) !== position)
  return repeated && `The "${repeated}" section can only be used once in an update expression;`
}

function valueFault(operand: Operand): string | undefined {
  if (isFunction(operand)) return updateFunctionFault(operand) ?? first(operand.args, nestedFault)
  return 'type' in operand ? first(operand.args, nestedFault) : nestedFault(operand)
}

/** Of the functions of an update, only `if_not_exists` can be an operand of another one. */
function nestedFault(operand: Operand): string | undefined {
  if (isPath(operand)) return pathFault(operand)
  if (!isFunction(operand)) return undefined
  const fault = updateFunctionFault(operand)
  if (fault !== undefined) return fault
  return operand.name === 'list_append' ? misused(operand.name) : first(operand.args, nestedFault)
}

function updateFunctionFault({ name }: FunctionCall<Placeholder>): string | undefined {
  if (updateFunctions.has(name)) return undefined
  return conditionFunctions.has(name)
    ? `The function is not allowed in an update expression; function: ${name}`
    : invalidFunction(name)
}

export function pathFault(path: Path): string | undefined {
  if (path.length > nestingLimit) return `The document path has too many nesting levels; nesting levels: ${path.length}`
  return first(path, (step) => {
    if (typeof step === 'number') {
      return step > largestIndex ? `List index is not within the allowable range; index: [${step}]` : undefined
    }
    return isReserved(step) ? `Attribute name is a reserved keyword; reserved keyword: ${step}` : undefined
  })
}

export function first<T>(values: readonly T[], faultOf: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const fault = faultOf(value)
    if (fault !== undefined) return fault
  }
  return undefined
}
