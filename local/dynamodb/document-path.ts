import type { AttributeValue, Item } from './attribute-value.ts'
import type { Path } from './expressions.ts'

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

/** What is asked for below a value: everything (`'all'`), or some of its members. */
type Wanted = 'all' | Map<string | number, Wanted>

/** Only what lies at the paths, in its place; list elements close up in their order. */
export function project(item: Item, paths: readonly Path[]): Item {
  const wanted: Wanted = new Map()
  for (const path of paths) want(wanted, path)
  return prune({ M: item }, wanted)?.M ?? {}
}

function want(wanted: Map<string | number, Wanted>, path: Path): void {
  let level = wanted
  for (const step of path.slice(0, -1)) {
    const below = level.get(step)
    if (below === 'all') return
    const next = below ?? new Map<string | number, Wanted>()
    level.set(step, next)
    level = next
  }
  level.set(path.at(-1)!, 'all')
}

function prune(value: AttributeValue, wanted: Wanted): AttributeValue | undefined {
  if (wanted === 'all') return value
  if (value.M !== undefined) {
    const members: [string, AttributeValue][] = []
    for (const [step, below] of wanted) {
      const member = typeof step === 'string' ? own(value.M, step) : undefined
      const pruned = member && prune(member, below)
      if (pruned) members.push([String(step), pruned])
    }
    return members.length > 0 ? { M: Object.fromEntries(members) } : undefined
  }
  if (value.L !== undefined) {
    const indexes = [...wanted.keys()].filter((step) => typeof step === 'number').toSorted((a, b) => a - b)
    const elements = indexes.flatMap((index) => {
      const element = value.L![index]
      return (element && prune(element, wanted.get(index)!)) ?? []
    })
    return elements.length > 0 ? { L: elements } : undefined
  }
  return undefined
}
