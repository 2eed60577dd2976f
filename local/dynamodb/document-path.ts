import type { AttributeValue, Item } from './attribute-value.ts'
import type { Path } from './expression-parser.ts'

/** The value at a path, or undefined. */
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
