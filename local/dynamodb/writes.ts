import { validationError } from '../wire/aws-error.ts'
import { itemsEqual, type Item } from './attribute-value.ts'
import { conditionHolds } from './condition.ts'
import type { Engine } from './engine.ts'
import { headOf, partsOf, type Expressions } from './expressions.ts'
import { indexEntriesOf, type IndexKeyMessages, locationOfItem, locationOfKey, requireIndexable } from './item-key.ts'
import { itemSize } from './item-size.ts'
import type { IndexEntry, Location, PlannedWrite, StoredItem } from './item-store.ts'
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

type Plan =
  | { readonly outcome: 'planned'; readonly write: PlannedWrite }
  | { readonly outcome: 'condition-failed'; readonly before?: Item }

/** The location of an action's item. @throws AwsError ValidationException when its key does not match the table */
export function targetOf(table: Table, action: WriteAction): Location {
  requireScalarKeyPaths(table, action.expressions)
  return action.kind === 'put' ? locationOfItem(table, action.item) : locationOfKey(table, action.key)
}

/** Evaluates an action for the stored item at its location. @throws AwsError ValidationException */
export function planWrite(engine: Engine, table: Table, action: WriteAction, location: Location): Plan {
  // An invalid item is rejected before its condition is evaluated.
  if (action.kind === 'put') requireValidItem(table, action.item)
  const stored = engine.items.get(table, location)
  const condition = action.expressions.condition
  if (condition && !conditionHolds(condition.expression, stored?.item ?? {})) {
    return { outcome: 'condition-failed', before: stored?.item }
  }
  const after = action.kind === 'check' ? stored?.item : resultOf(table, action, stored?.item)
  return { outcome: 'planned', write: plannedWrite(table, { location, key: keyIn(action) }, stored, after) }
}

/** The write that replaces a stored item by another one, or deletes it. */
export function plannedWrite(
  table: Table,
  target: Pick<PlannedWrite, 'location' | 'key'>,
  stored: StoredItem | undefined,
  after: Item | undefined,
): PlannedWrite {
  const before = stored?.item
  const unchanged = before === undefined || after === undefined ? before === after : itemsEqual(before, after)
  const sizes = { beforeSize: stored?.size ?? 0, afterSize: after ? itemSize(after) : 0 }
  const entries = unchanged ? noEntries : changedEntries(table, before, after)
  return { table, ...target, before, after, ...sizes, unchanged, ...entries }
}

const noEntries = { addedEntries: [], removedEntries: [] }

/** The item or key of an action, which contains the key of the table. */
export const keyIn = (action: WriteAction): Item => (action.kind === 'put' ? action.item : action.key)

function resultOf(
  table: Table,
  action: Exclude<WriteAction, { kind: 'check' }>,
  before: Item | undefined,
): Item | undefined {
  switch (action.kind) {
    case 'put':
      return action.item
    case 'update':
      return updateItem(table, action, before)
    case 'delete':
      return undefined
    default:
      return action satisfies never
  }
}

function requireValidItem(table: Table, item: Item): void {
  requireItemSize(item, itemTooLarge)
  requireIndexable(table, item, putMessages)
}

/** Known before the stored item is read, so that a transaction with such a put is not even started. */
export const itemTooLarge = 'Item size has exceeded the maximum allowed size'

const emptyValue = (kind: string) => `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`

const putMessages: IndexKeyMessages = {
  mismatch: ({ name, type }, actual, indexName) =>
    `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${indexName}`,
  empty: (kind, { name }, indexName) =>
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
    `${emptyValue(kind)} IndexName: ${indexName}, IndexKey: ${name}`,
}

/** An update that creates its item reports a wrong type as a put does. */
const updateMessages = (creates: boolean): IndexKeyMessages => ({
  mismatch: creates
    ? putMessages.mismatch
    : () => 'The update expression attempted to update the secondary index key to unsupported type',
  empty: (kind) =>
    'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value ' +
    `that is not supported. ${emptyValue(kind)}`,
})

function updateItem(
  table: Table,
  { key, expressions }: WriteAction & { kind: 'update' },
  before: Item | undefined,
): Item {
  const sections = expressions.update?.sections ?? []
  for (const { name } of keyAttributes(table.key)) {
    if (sections.some((section) => section.path[0] === name)) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      )
    }
  }
  const after = applyUpdate(sections, before ?? key)
  requireItemSize(after, 'Item size to update has exceeded the maximum allowed size')
  requireIndexable(table, after, updateMessages(before === undefined))
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
  const { table, location, after, removedEntries, addedEntries } = write
  if (write.unchanged) return
  if (after === undefined) engine.items.delete(table, location)
  else engine.items.put(table, { ...location, item: after, size: write.afterSize })
  for (const entry of removedEntries) engine.items.deleteIndexEntry(table, entry, location)
  for (const entry of addedEntries) engine.items.addIndexEntry(table, entry, location)
  engine.streams.append(write, byTimeToLive)
  engine.recent?.add(write)
}

/** An index entry consists of keys, so that most changes of an item leave its entries as they are. */
function changedEntries(table: Table, before: Item | undefined, after: Item | undefined) {
  if (table.indexes.length === 0) return noEntries
  const removed = before ? indexEntriesOf(table, before) : []
  const added = after ? indexEntriesOf(table, after) : []
  return { removedEntries: without(removed, added), addedEntries: without(added, removed) }
}

const without = (entries: readonly IndexEntry[], others: readonly IndexEntry[]) =>
  entries.filter((entry) => !others.some((other) => sameEntry(entry, other)))

const sameEntry = (a: IndexEntry, b: IndexEntry) =>
  a.index === b.index && Buffer.compare(a.partition, b.partition) === 0 && Buffer.compare(a.sort, b.sort) === 0
