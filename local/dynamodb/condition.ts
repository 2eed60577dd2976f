import { bytesOf, compareValues, typeOf, valuesEqual, type AttributeValue, type Item } from './attribute-value.ts'
import { valueAt } from './document-path.ts'
import { isPath, type Comparison, type ConditionNode, type FunctionCall, type Operand } from './expression-tree.ts'

/** Evaluates a condition or filter for an item; an absent item is passed as an empty one. */
export function conditionHolds(node: ConditionNode, item: Item): boolean {
  switch (node.type) {
    case 'and':
      return conditionHolds(node.args[0], item) && conditionHolds(node.args[1], item)
    case 'or':
      return conditionHolds(node.args[0], item) || conditionHolds(node.args[1], item)
    case 'not':
      return !conditionHolds(node.args[0], item)
    case 'function':
      return functionHolds(node, item)
    default:
      return comparisonHolds(
        node.type,
        node.args.map((operand) => resolve(operand, item)),
      )
  }
}

type Resolved = AttributeValue | undefined

function comparisonHolds(comparison: Comparison['type'], [left, ...right]: Resolved[]): boolean {
  const first = right[0]
  switch (comparison) {
    case '=':
      return left !== undefined && valuesEqual(left, first)
    case '<>':
      return left === undefined || !valuesEqual(left, first)
    case 'in':
      return left !== undefined && right.some((candidate) => valuesEqual(left, candidate))
    case 'between':
      return ordered(left, first, (order) => order >= 0) && ordered(left, right[1], (order) => order <= 0)
    case '<':
      return ordered(left, first, (order) => order < 0)
    case '<=':
      return ordered(left, first, (order) => order <= 0)
    case '>':
      return ordered(left, first, (order) => order > 0)
    case '>=':
      return ordered(left, first, (order) => order >= 0)
    default:
      return comparison satisfies never
  }
}

function ordered(left: Resolved, right: Resolved, accepts: (order: number) => boolean): boolean {
  if (left === undefined || right === undefined) return false
  const order = compareValues(left, right)
  return order !== undefined && accepts(order)
}

function functionHolds(call: FunctionCall, item: Item): boolean {
  const [value, argument] = call.args.map((operand) => resolve(operand, item))
  switch (call.name) {
    case 'attribute_exists':
      return value !== undefined
    case 'attribute_not_exists':
      return value === undefined
    case 'attribute_type':
      return value !== undefined && typeOf(value) === argument?.S
    case 'begins_with':
      return value !== undefined && argument !== undefined && beginsWith(value, argument)
    case 'contains':
      return value !== undefined && argument !== undefined && contains(value, argument)
    default:
      // The parser rejects other names.
      throw new Error(`Unknown function ${call.name}`)
  }
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S)
  if (value.B === undefined || prefix.B === undefined) return false
  const start = bytesOf(prefix.B)
  return bytesOf(value.B).subarray(0, start.length).equals(start)
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if (value.L !== undefined) return value.L.some((element) => valuesEqual(element, part))
  if (part.S !== undefined) return value.S?.includes(part.S) ?? value.SS?.includes(part.S) ?? false
  if (part.N !== undefined) return value.NS?.includes(part.N) ?? false
  if (part.B !== undefined) {
    return value.B !== undefined ? bytesOf(value.B).includes(bytesOf(part.B)) : (value.BS?.includes(part.B) ?? false)
  }
  return false
}

function resolve(operand: Operand, item: Item): Resolved {
  if (isPath(operand)) return valueAt(item, operand)
  if ('type' in operand) return sizeOf(resolve(operand.args[0]!, item))
  return operand
}

/** `size(path)`: characters, bytes or members. */
function sizeOf(value: Resolved): Resolved {
  if (value === undefined) return undefined
  const size =
    value.S?.length ??
    (value.B !== undefined ? bytesOf(value.B).length : undefined) ??
    (value.SS ?? value.NS ?? value.BS ?? value.L)?.length ??
    (value.M !== undefined ? Object.keys(value.M).length : undefined)
  return size === undefined ? undefined : { N: String(size) }
}
