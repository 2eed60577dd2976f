import { validationError } from '../wire/aws-error.ts'
import { sortedMembers, typeOf, type AttributeValue, type Item, type SetType } from './attribute-value.ts'
import { calculate, canonicalNumber } from './decimal.ts'
import { valueAt } from './condition.ts'
import { isCall, isPath, type Action, type Node, type Path } from './expression-parser.ts'

/**
 * Applies an update expression. Operands and list indexes refer to the item before the update: SET actions are applied
 * first, in the order of their indexes, and removals of list elements last, from the end.
 * @throws AwsError ValidationException
 */
export function applyUpdate(actions: readonly Action[], before: Item): Item {
  // The values of paths below the top level are changed in place; no two paths overlap, so that others may be shared.
  const item = actions.some(({ path }) => path.length > 1) ? structuredClone(before) : { ...before }
  const sets = actions
    .filter(({ type }) => type === 'SET')
    .map(({ path, operand }) => ({ path, value: evaluate(operand!, before) }))
  // List elements by index; the order of others is unchanged.
  for (const { path, value } of sets.toSorted((a, b) => indexOrder(a.path, b.path))) put(item, path, value)
  for (const { type, path, operand } of actions) {
    if (type === 'ADD') add(item, path, operand as AttributeValue)
    if (type === 'DELETE') deleteMembers(item, path, operand as AttributeValue)
  }
  const removals = actions.filter(({ type }) => type === 'REMOVE').map(({ path }) => path)
  for (const path of removals.filter((candidate) => typeof candidate.at(-1) === 'string')) put(item, path, undefined)
  const elements = removals.filter((candidate) => typeof candidate.at(-1) === 'number')
  // The deepest and last element first, so that no removal shifts the index of another.
  for (const path of elements.toSorted((a, b) => b.length - a.length || indexOrder(b, a))) put(item, path, undefined)
  return item
}

function indexOrder(one: Path, other: Path): number {
  const [left, right] = [one.at(-1), other.at(-1)]
  return typeof left === 'number' && typeof right === 'number' ? left - right : 0
}

const wrongOperand = () => validationError('An operand in the update expression has an incorrect data type')

function evaluate(operand: Node, item: Item): AttributeValue {
  if (isPath(operand)) {
    const value = valueAt(item, operand)
    if (value !== undefined) return value
    throw validationError('The provided expression refers to an attribute that does not exist in the item')
  }
  if (!isCall(operand)) return operand as AttributeValue
  const { type, args } = operand
  if (type === 'if_not_exists') return valueAt(item, args[0] as Path) ?? evaluate(args[1]!, item)
  const [left, right] = args.map((argument) => evaluate(argument, item)) as [AttributeValue, AttributeValue]
  if (type === 'list_append') {
    if (left.L === undefined || right.L === undefined) throw wrongOperand()
    return { L: [...left.L, ...right.L] }
  }
  if (left.N === undefined || right.N === undefined) throw wrongOperand()
  return sum(left.N, type === '+' ? 'add' : 'subtract', right.N)
}

function sum(left: string, operation: 'add' | 'subtract', right: string): AttributeValue {
  const result = canonicalNumber(calculate(left, operation, right))
  if ('fault' in result) throw validationError(result.fault)
  return { N: result.text }
}

/** Sets the value at a path, or removes it. @throws AwsError ValidationException when no map or list contains the path */
function put(item: Item, path: Path, value: AttributeValue | undefined): void {
  const parent = path.length === 1 ? { M: item } : valueAt(item, path.slice(0, -1))
  const last = path.at(-1)!
  if (typeof last === 'string' && parent?.M) {
    if (value === undefined) delete parent.M[last]
    // An assignment to `__proto__` would not create an attribute.
    else Object.defineProperty(parent.M, last, { value, enumerable: true, configurable: true, writable: true })
  } else if (typeof last === 'number' && parent?.L) {
    const end = Math.min(last, parent.L.length)
    parent.L.splice(end, 1, ...(value === undefined ? [] : [value]))
  } else throw validationError('The document path provided in the update expression is invalid for update')
}

/** Adds to a number or to a set; operands of other types are rejected with the expression. */
function add(item: Item, path: Path, operand: AttributeValue): void {
  const existing = valueAt(item, path)
  if (existing !== undefined && typeOf(existing) !== typeOf(operand)) throw wrongOperand()
  if (operand.N !== undefined) return put(item, path, sum(existing?.N ?? '0', 'add', operand.N))
  const type = typeOf(operand) as SetType
  const members = new Set([...(existing?.[type] ?? []), ...operand[type]!])
  put(item, path, { [type]: sortedMembers(type, [...members]) })
}

function deleteMembers(item: Item, path: Path, operand: AttributeValue): void {
  const existing = valueAt(item, path)
  const type = typeOf(operand) as SetType
  if (existing !== undefined && typeOf(existing) !== type) throw wrongOperand()
  const deleted = new Set(operand[type])
  const remaining = (existing?.[type] ?? []).filter((member) => !deleted.has(member))
  // DynamoDB has no empty sets: the attribute is removed with its last member.
  put(item, path, remaining.length > 0 ? { [type]: remaining } : undefined)
}
