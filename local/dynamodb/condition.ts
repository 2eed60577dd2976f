import { bytesOf, compareValues, typeOf, valuesEqual, type AttributeValue, type Item } from './attribute-value.ts'
import { isCall, isPath, type Call, type Node, type Path } from './expression-parser.ts'

/** Evaluates a condition or filter for an item; an absent item is passed as an empty one. */
export function conditionHolds({ type, args }: Call, item: Item): boolean {
  switch (type) {
    case 'AND':
      return args.every((condition) => conditionHolds(condition as Call, item))
    case 'OR':
      return args.some((condition) => conditionHolds(condition as Call, item))
    case 'NOT':
      return !conditionHolds(args[0] as Call, item)
    default:
      return operandsHold(
        type,
        args.map((operand) => resolve(operand, item)),
      )
  }
}

type Resolved = AttributeValue | undefined

function operandsHold(type: string, [left, ...right]: Resolved[]): boolean {
  const first = right[0]
  switch (type) {
    case '=':
      return left !== undefined && valuesEqual(left, first)
    case '<>':
      return left === undefined || !valuesEqual(left, first)
    case 'IN':
      return left !== undefined && right.some((candidate) => valuesEqual(left, candidate))
    case 'BETWEEN':
      return ordered(left, '>=', first) && ordered(left, '<=', right[1])
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(left, type, first)
    case 'attribute_exists':
      return left !== undefined
    case 'attribute_not_exists':
      return left === undefined
    case 'attribute_type':
      return left !== undefined && typeOf(left) === first?.S
    case 'begins_with':
      return left !== undefined && first !== undefined && beginsWith(left, first)
    case 'contains':
      return left !== undefined && first !== undefined && contains(left, first)
    default:
      throw new Error(`Unknown function ${type}, which its parser should have rejected.`)
  }
}

function ordered(left: Resolved, operator: '<' | '<=' | '>' | '>=', right: Resolved): boolean {
  const order = left && right && compareValues(left, right)
  if (order === undefined) return false
  return order === 0 ? operator.endsWith('=') : operator.startsWith(order < 0 ? '<' : '>')
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

function resolve(operand: Node, item: Item): Resolved {
  if (isPath(operand)) return valueAt(item, operand)
  return isCall(operand) ? sizeOf(resolve(operand.args[0]!, item)) : (operand as AttributeValue)
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

export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item }
  for (const step of path) {
    value = typeof step === 'number' ? value.L?.[step] : own(value.M, step)
    if (value === undefined) return undefined
  }
  return value
}

function own(map: Item | undefined, name: string): AttributeValue | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}

/** The selected part of a value: the whole value (`'all'`), or some of its members. */
type Selection = 'all' | Map<string | number, Selection>

/** The values at the paths, in their place; selected list elements form a shorter list in their order. */
export function project(item: Item, paths: readonly Path[]): Item {
  const selection: Selection = new Map()
  for (const path of paths) addPath(selection, path)
  return prune({ M: item }, selection)?.M ?? {}
}

function addPath(selection: Map<string | number, Selection>, path: Path): void {
  let level = selection
  for (const step of path.slice(0, -1)) {
    const below = level.get(step)
    if (below === 'all') return
    const next = below ?? new Map<string | number, Selection>()
    level.set(step, next)
    level = next
  }
  level.set(path.at(-1)!, 'all')
}

function prune(value: AttributeValue, selection: Selection): AttributeValue | undefined {
  if (selection === 'all') return value
  if (value.M !== undefined) {
    const members: [string, AttributeValue][] = []
    for (const [step, below] of selection) {
      const member = typeof step === 'string' ? own(value.M, step) : undefined
      const pruned = member && prune(member, below)
      if (pruned) members.push([String(step), pruned])
    }
    return members.length > 0 ? { M: Object.fromEntries(members) } : undefined
  }
  if (value.L !== undefined) {
    const indexes = [...selection.keys()].filter((step) => typeof step === 'number').toSorted((a, b) => a - b)
    const elements = indexes.flatMap((index) => {
      const element = value.L![index]
      return (element && prune(element, selection.get(index)!)) ?? []
    })
    return elements.length > 0 ? { L: elements } : undefined
  }
  return undefined
}
