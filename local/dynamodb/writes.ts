import { validationError } from '../wire/aws-error.ts'
import { itemsEqual, type Item } from './attribute-value.ts'
import { conditionHolds } from './condition.ts'
import type { Engine } from './engine.ts'
import { headOf, partsOf, type Expressions } from './expressions.ts'
import { indexEntriesOf, keyOf, locationOfItem, locationOfKey, requireIndexable } from './item-key.ts'
import { itemSize } from './item-size.ts'
import type { Location } from './item-store.ts'
import { keyAttributes, type Table } from './schema.ts'
import { applyUpdate } from './update.ts'

const itemLimitBytes = 400 * 1024

/** One requested write; PutItem and the like have one, batches and transactions several. */
export type WriteAction = { tableName: string; expressions: Expressions; returnOldOnFailure: boolean } & (
  | { kind: 'put'; item: Item }
  | { kind: 'update'; key: Item }
  | { kind: 'delete'; key: Item }
  | { kind: 'check'; key: Item }
)

/** A write that is evaluated but not committed. */
export interface PlannedWrite {
  readonly table: Table
  readonly location: Location
  /** The item or key of the request. */
  readonly key: Item
  readonly before?: Item
  readonly after?: Item
  /** True when the item does not change: neither the item nor a stream record is written. */
  readonly unchanged: boolean
}

type Plan =
  | { readonly outcome: 'planned'; readonly write: PlannedWrite }
  | { readonly outcome: 'condition-failed'; readonly table: Table; readonly before?: Item }

/** The location of an action's item. @throws AwsError ValidationException when its key does not match the table */
export function targetOf(table: Table, action: WriteAction): Location {
  requireScalarKeyPaths(table, action.expressions)
  return action.kind === 'put' ? locationOfItem(table, action.item) : locationOfKey(table, action.key)
}

/** Evaluates an action for the stored item. @throws AwsError ValidationException */
export function planWrite(engine: Engine, table: Table, action: WriteAction): Plan {
  const location = targetOf(table, action)
  // An invalid item is rejected before its condition is evaluated.
  if (action.kind === 'put') requireValidItem(table, action.item)
  const before = engine.items.get(table, location)?.item
  const condition = action.expressions.condition
  if (condition && !conditionHolds(condition.expression, before ?? {}))
    return { outcome: 'condition-failed', table, before }
  const after = resultOf(table, action, before)
  const unchanged = before === undefined || after === undefined ? before === after : itemsEqual(before, after)
  return { outcome: 'planned', write: { table, location, key: keyIn(action), before, after, unchanged } }
}

/** The item or key of an action, which contains the key of the table. */
export const keyIn = (action: WriteAction): Item => (action.kind === 'put' ? action.item : action.key)

function resultOf(table: Table, action: WriteAction, before: Item | undefined): Item | undefined {
  switch (action.kind) {
    case 'put':
      return action.item
    case 'update':
      return updateItem(table, action.expressions, before ?? action.key)
    case 'delete':
      return undefined
    case 'check':
      return before
    default:
      return action satisfies never
  }
}

function requireValidItem(table: Table, item: Item): void {
  requireItemSize(item, 'Item size has exceeded the maximum allowed size')
  requireIndexable(table, item, (attribute, actual, indexName) =>
    typeMismatch(attribute.name, attribute.type, actual, indexName),
  )
}

const typeMismatch = (name: string, expected: string, actual: string, indexName: string) =>
  `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${expected} Actual: ${actual} IndexName: ${indexName}`

function updateItem(table: Table, expressions: Expressions, item: Item): Item {
  const sections = expressions.update?.sections ?? []
  for (const { name } of keyAttributes(table.key)) {
    if (sections.some((section) => section.path[0] === name)) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      )
    }
  }
  const after = applyUpdate(sections, item)
  requireItemSize(after, 'Item size to update has exceeded the maximum allowed size')
  requireIndexable(
    table,
    after,
    () => 'The update expression attempted to update the secondary index key to unsupported type',
  )
  return after
}

function requireItemSize(item: Item, message: string): void {
  if (itemSize(item) > itemLimitBytes) throw validationError(message)
}

/** Key attributes are scalars: an expression must not have a nested path in one. */
export function requireScalarKeyPaths(table: Table, expressions: Expressions): void {
  for (const { paths } of partsOf(expressions)) {
    const nested = paths.filter((path) => path.length > 1).map(headOf)
    if (nested.length === 0) continue
    for (const { name } of keyAttributes(table.key)) {
      if (nested.includes(name)) throw scalarKeyError('Key', name)
    }
    for (const { name } of table.indexes.flatMap((index) => keyAttributes(index.key))) {
      if (nested.includes(name)) throw scalarKeyError('IndexKey', name)
    }
  }
}

const scalarKeyError = (kind: string, name: string) =>
  validationError(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
  )

/** Writes the item, its index entries and the stream record, within the current transaction. */
export function commitWrite(engine: Engine, write: PlannedWrite, byTimeToLive = false): void {
  const { table, location, before, after } = write
  if (write.unchanged) return
  if (after === undefined) engine.items.delete(table, location)
  else engine.items.put(table, { ...location, item: after, size: itemSize(after) })
  updateIndexes(engine, write)
  engine.streams.append(table, { keys: keyOf(table.key, (after ?? before)!), before, after, byTimeToLive })
}

function updateIndexes(engine: Engine, { table, location, before, after }: PlannedWrite): void {
  if (table.indexes.length === 0) return
  if (before) for (const entry of indexEntriesOf(table, before)) engine.items.deleteIndexEntry(table, entry, location)
  if (after) for (const entry of indexEntriesOf(table, after)) engine.items.addIndexEntry(table, entry, location)
}
