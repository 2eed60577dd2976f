import { AwsError, validationError } from '../wire/aws-error.ts'
import { itemSize, type Item } from './attribute-value.ts'
import { projectTo, readUnits } from './capacity.ts'
import { conditionHolds, project } from './condition.ts'
import type { Engine } from './engine.ts'
import { headOf, type Expressions } from './expressions.ts'
import { keyOf, locationIn, locationOfKey } from './item-key.ts'
import type { Cursor, KeyRange } from './item-store.ts'
import { type Outcome, requireScalarKeyPaths } from './operation.ts'
import { invalidValues, keyAttributes, projectedAttributes, type IndexSchema, type Table } from './schema.ts'

/** A request of Query or Scan. */
export interface PageRequest {
  readonly tableName: string
  readonly indexName?: string
  readonly expressions: Expressions
  readonly select: Select | undefined
  readonly limit?: number
  readonly consistent: boolean
  readonly startKey?: Item
  /** False for a query in descending order. */
  readonly forward: boolean
}

export type Select = 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT'

/** The table or index that a request reads. */
export interface Source {
  readonly table: Table
  readonly index?: IndexSchema
}

/** A page ends after it read this much, before any filter. */
const pageLimitBytes = 1024 * 1024
const chunkRows = 256

/** @throws AwsError */
export function sourceOf(engine: Engine, request: PageRequest): Source {
  const table = engine.tables.get(request.tableName)
  if (request.indexName === undefined) return { table }
  const index = table.indexes.find((candidate) => candidate.name === request.indexName)
  if (!index) throw validationError(`The table does not have the specified index: ${request.indexName}`)
  if (index.kind === 'global' && request.consistent) {
    throw validationError('Consistent reads are not supported on global secondary indexes')
  }
  requireProjected(table, index, request)
  return { table, index }
}

/** The attributes that the projection of a request names, and the index does not project. */
function unprojected(table: Table, index: IndexSchema, { expressions }: PageRequest): string[] {
  const projected = projectedAttributes(table, index)
  const heads = (expressions.projection?.paths ?? []).map(headOf)
  return projected ? heads.filter((head) => !projected.includes(head)) : []
}

/** A global index returns only projected attributes; a local one fetches the others from the table. */
function requireProjected(table: Table, index: IndexSchema, request: PageRequest): void {
  if (index.kind === 'local') return
  if (request.select === 'ALL_ATTRIBUTES' && index.projection !== 'ALL') {
    throw invalidValues(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    )
  }
  const missing = unprojected(table, index, request)
  if (missing.length > 0) {
    throw invalidValues(`Global secondary index ${index.name} does not project [${missing.join(', ')}]`)
  }
}

const invalidStart = (reason: string) => validationError(`The provided starting key is invalid${reason}`)

/** The cursor of an ExclusiveStartKey. @throws AwsError ValidationException unless it is a key of this table or index */
export function cursorOf({ table, index }: Source, startKey: Item | undefined): Cursor | undefined {
  if (startKey === undefined) return undefined
  const expected = [...keyAttributes(table.key), ...(index ? keyAttributes(index.key) : [])]
  const isComplete = new Set(expected.map(({ name }) => name)).size === Object.keys(startKey).length
  if (!isComplete || expected.some(({ name, type }) => startKey[name]?.[type] === undefined)) throw invalidStart('')
  try {
    const item = locationOfKey(table, keyOf(table.key, startKey))
    const locations = index ? [locationIn(index.key, startKey), item] : [item]
    return locations.flatMap(({ partition, sort }) => [partition, sort])
  } catch (error) {
    if (error instanceof AwsError) throw invalidStart(`: ${error.message}`)
    throw error
  }
}

/** Reads a page of the ranges. */
export function readPage(
  engine: Engine,
  request: PageRequest,
  { table, index }: Source,
  ranges: readonly KeyRange[],
  after: Cursor | undefined,
): Outcome {
  const { select, limit, consistent, forward, expressions } = request
  requireScalarKeyPaths(table, expressions)
  const fetches =
    index?.kind === 'local' &&
    ((select === 'ALL_ATTRIBUTES' && index.projection !== 'ALL') || unprojected(table, index, request).length > 0)
  const items: Item[] = []
  let scanned = 0
  // Bytes read from the index (or from the table without one), and fetched from the table for a local index.
  let [bytes, fetchedBytes] = [0, 0]
  let last: Item | undefined
  const options = { after, forward, chunkRows: Math.min(limit ?? chunkRows, chunkRows) }
  for (const { item, size } of engine.items.rows(table, index, ranges, options)) {
    const projected = index ? projectTo(table, index, item)! : item
    scanned++
    bytes += projected === item ? size : itemSize(projected)
    if (fetches) fetchedBytes += size
    const visible = fetches ? item : projected
    if (!expressions.filter || conditionHolds(expressions.filter.expression, visible)) {
      const paths = expressions.projection?.paths
      items.push(paths ? project(visible, paths) : visible)
    }
    if (scanned === limit || bytes >= pageLimitBytes) {
      last = item
      break
    }
  }
  const units = readUnits(bytes, consistent)
  const fetchedUnits = fetchedBytes > 0 ? readUnits(fetchedBytes, consistent) : 0
  return {
    output: {
      Items: select === 'COUNT' ? undefined : items,
      Count: items.length,
      ScannedCount: scanned,
      // The next page starts after the key of the last item, in an index after the index key as well.
      LastEvaluatedKey: last && { ...keyOf(table.key, last), ...(index && keyOf(index.key, last)) },
    },
    capacity: () => [
      index ? { table, units: fetchedUnits, indexes: new Map([[index, units]]) } : { table, units, indexes: new Map() },
    ],
  }
}
