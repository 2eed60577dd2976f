import { validationError } from '../wire/aws-error.ts'
import type { Item } from './attribute-value.ts'
import type { Engine } from './engine.ts'
import { attributesOf, headOf, partsOf, type Expressions } from './expressions.ts'
import { keyOf, locationOfItem, locationOfKey, type Location } from './item-key.ts'
import type { Access } from './operation.ts'
import { keyAttributes, tableArn, type Table } from './schema.ts'

/** An item that a request reads or writes. */
export interface Target {
  readonly tableName: string
  /** The key, or the whole item of a put. */
  readonly item: Item
  readonly isPut?: boolean
  readonly expressions: Expressions
}

/** A target with its place in the table. */
export interface Located<Of extends Target = Target> {
  readonly target: Of
  readonly table: Table
  readonly location: Location
  /** Identifies the item, to compare the targets of two requests. */
  readonly text: string
}

/** @throws AwsError when the table does not exist, or its key does not match the target */
export function locate<Of extends Target>(engine: Engine, target: Of): Located<Of> {
  const table = engine.tables.get(target.tableName)
  requireScalarKeyPaths(table, target.expressions)
  return located(table, target, (target.isPut ? locationOfItem : locationOfKey)(table, target.item))
}

/** @throws AwsError as for keys, with which a batch names the items that it puts as well; and for two targets of one item */
export function locateBatch<Of extends Target>(engine: Engine, targets: readonly Of[]): Located<Of>[] {
  const all = targets.map((target) => {
    const table = engine.tables.get(target.tableName)
    return located(table, target, locationOfKey(table, target.isPut ? keyOf(table.key, target.item) : target.item))
  })
  requireDistinct(all, 'Provided list of item keys contains duplicates')
  return all
}

function located<Of extends Target>(table: Table, target: Of, location: Location): Located<Of> {
  const { partition, sort } = location
  const text = `${table.rowId} ${partition.length} ${latin1(partition)}${latin1(sort)}`
  return { target, table, location, text }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

/** @throws AwsError ValidationException */
export function requireDistinct(all: readonly Located[], message: string): void {
  if (new Set(all.map(({ text }) => text)).size < all.length) throw validationError(message)
}

/** Key attributes are scalars: an expression must not have a nested path in one. @throws AwsError ValidationException */
export function requireScalarKeyPaths(table: Table, expressions: Expressions): void {
  for (const { paths } of partsOf(expressions)) {
    const nested = paths.filter((path) => path.length > 1).map(headOf)
    if (nested.length === 0) continue
    const keys = [{ kind: 'Key', key: table.key }, ...table.indexes.map(({ key }) => ({ kind: 'IndexKey', key }))]
    for (const { kind, key } of keys) {
      const found = keyAttributes(key).find(({ name }) => nested.includes(name))
      if (!found) continue
      throw validationError(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${found.name}`,
      )
    }
  }
}

/** The access to items of one table. */
export function itemAccess(engine: Engine, action: string, targets: readonly Target[]): Access {
  const { tableName } = targets[0]!
  const table = engine.tables.find(tableName)
  return {
    action,
    resource: tableArn(tableName),
    leadingKeys: targets.map(({ item }) => table && item[table.key.partition.name]),
    attributes: targets.flatMap(({ item, expressions }) => [...Object.keys(item), ...attributesOf(expressions)]),
  }
}
