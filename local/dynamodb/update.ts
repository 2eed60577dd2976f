import { validationError } from '../wire/aws-error.ts'
import { typeOf, type AttributeValue, type Item } from './attribute-value.ts'
import { calculate, canonicalNumber } from './decimal.ts'
import { valueAt } from './document-path.ts'
import { isPath, type Path, type UpdateOperand, type UpdateSection } from './expression-tree.ts'

/**
 * Applies an update expression. Operands and list indexes refer to the item before the update: SET actions are applied
 * first, in the order of their indexes, and removals of list elements last, from the end.
 * @throws AwsError ValidationException
 */
export function applyUpdate(sections: readonly UpdateSection[], before: Item): Item {
  // The values of paths below the top level are changed in place; no two paths overlap, so that others may be shared.
  const item = sections.some(({ path }) => path.length > 1) ? structuredClone(before) : { ...before }
  const sets = sections
    .filter((section) => section.type === 'set')
    .map((section) => ({ path: section.path, value: evaluate(section.val, before) }))
  for (const { path, value } of inListOrder(sets)) put(item, path, value)
  for (const section of sections) {
    if (section.type === 'add') add(item, section.path, section.val)
    if (section.type === 'delete') deleteMembers(item, section.path, section.val)
  }
  const removals = sections.filter((section) => section.type === 'remove').map((section) => section.path)
  for (const path of removals.filter((candidate) => typeof candidate.at(-1) === 'string')) remove(item, path)
  const elements = removals.filter((candidate) => typeof candidate.at(-1) === 'number')
  // The deepest and last element first, so that no removal shifts the index of another.
  for (const path of elements.toSorted((a, b) => b.length - a.length || Number(b.at(-1)) - Number(a.at(-1)))) {
    remove(item, path)
  }
  return item
}

/** Sorts list elements by index; the order of others is unchanged. */
function inListOrder<T extends { path: Path }>(sections: readonly T[]): T[] {
  return [...sections].toSorted((a, b) => {
    const [left, right] = [a.path.at(-1), b.path.at(-1)]
    return typeof left === 'number' && typeof right === 'number' ? left - right : 0
  })
}

const wrongOperand = () => validationError('An operand in the update expression has an incorrect data type')

function evaluate(operand: UpdateOperand, item: Item): AttributeValue {
  if (isPath(operand)) {
    const value = valueAt(item, operand)
    if (value === undefined) {
      throw validationError('The provided expression refers to an attribute that does not exist in the item')
    }
    return value
  }
  if (!('args' in operand)) return operand
  if (operand.type !== 'function') {
    const [left, right] = operand.args.map((argument) => evaluate(argument, item))
    if (left!.N === undefined || right!.N === undefined) throw wrongOperand()
    return sum(left!.N, operand.type, right!.N)
  }
  return operand.name === 'if_not_exists' ? ifNotExists(operand.args, item) : listAppend(operand.args, item)
}

function ifNotExists(args: readonly UpdateOperand[], item: Item): AttributeValue {
  return valueAt(item, args[0] as Path) ?? evaluate(args[1]!, item)
}

function listAppend(args: readonly UpdateOperand[], item: Item): AttributeValue {
  const [left, right] = args.map((argument) => evaluate(argument, item))
  if (left!.L === undefined || right!.L === undefined) throw wrongOperand()
  return { L: [...left!.L, ...right!.L] }
}

function sum(left: string, operation: 'add' | 'subtract', right: string): AttributeValue {
  const result = canonicalNumber(calculate(left, operation, right))
  if ('fault' in result) throw validationError(result.fault)
  return { N: result.text }
}

type Container = { map: Item; list?: undefined } | { list: AttributeValue[]; map?: undefined }

/** The map or list that contains the last element of a path. */
function containerOf(item: Item, path: Path): Container {
  const parent = path.length === 1 ? { M: item } : valueAt(item, path.slice(0, -1))
  const last = path.at(-1)
  if (typeof last === 'number' && parent?.L !== undefined) return { list: parent.L }
  if (typeof last === 'string' && parent?.M !== undefined) return { map: parent.M }
  throw validationError('The document path provided in the update expression is invalid for update')
}

function put(item: Item, path: Path, value: AttributeValue): void {
  const { map, list } = containerOf(item, path)
  const last = path.at(-1)!
  if (map !== undefined) {
    // An assignment to `__proto__` would not create an attribute.
    Object.defineProperty(map, last, { value, enumerable: true, configurable: true, writable: true })
  } else if ((last as number) < list.length) list[last as number] = value
  else list.push(value)
}

function remove(item: Item, path: Path): void {
  const { map, list } = containerOf(item, path)
  const last = path.at(-1)!
  if (map !== undefined) delete map[last]
  else list.splice(last as number, 1)
}

function add(item: Item, path: Path, operand: AttributeValue): void {
  containerOf(item, path)
  const existing = valueAt(item, path)
  const type = typeOf(operand)
  if (existing !== undefined && typeOf(existing) !== type) throw wrongOperand()
  if (type === 'N') put(item, path, sum(existing?.N ?? '0', 'add', operand.N!))
  else if (isSet(type)) put(item, path, { [type]: [...new Set([...(existing?.[type] ?? []), ...operand[type]!])] })
}

function deleteMembers(item: Item, path: Path, operand: AttributeValue): void {
  containerOf(item, path)
  const existing = valueAt(item, path)
  const type = typeOf(operand)
  if (existing === undefined) return
  if (!isSet(type) || typeOf(existing) !== type) throw wrongOperand()
  const deleted = new Set(operand[type])
  const remaining = existing[type]!.filter((member) => !deleted.has(member))
  // DynamoDB has no empty sets: the attribute is removed with its last member.
  if (remaining.length === 0) remove(item, path)
  else put(item, path, { [type]: remaining })
}

const isSet = (type: string): type is 'SS' | 'NS' | 'BS' => type === 'SS' || type === 'NS' || type === 'BS'
