import { validationError } from '../wire/aws-error.ts'
import type { AccessRequest } from '../iam/types.ts'
import { accessRequest } from './access.ts'
import type { AttributeValue, Item } from './attribute-value.ts'
import { consumedCapacity, projectTo, readUnits, type Capacity, type CapacityDetail } from './capacity.ts'
import { conditionHolds } from './condition.ts'
import { project } from './document-path.ts'
import type { Engine } from './engine.ts'
import { attributesOf, headOf, type Expressions } from './expressions.ts'
import { keyOf } from './item-key.ts'
import { itemSize } from './item-size.ts'
import type { Members } from './members.ts'
import type { Cursor, Range, RangeRow } from './range-store.ts'
import {
  attributesMember,
  capacityMember,
  expressionParameterMembers,
  flagMember,
  nameMember,
  tableNameMember,
  textMember,
} from './request.ts'
import { indexArn, projectedAttributes, tableArn, type IndexSchema, type Table } from './schema.ts'
import { requireScalarKeyPaths } from './writes.ts'

/** The common parameters of Query and Scan. */
export interface PageRequest {
  readonly tableName: string
  readonly indexName?: string
  readonly expressions: Expressions
  readonly select: Select | undefined
  readonly limit?: number
  readonly consistent: boolean
  readonly startKey?: Item
  readonly capacityDetail: CapacityDetail
}

/** The members that Query and Scan share. */
export const pageMembers = {
  Select: { type: 'String', enum: ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] },
  IndexName: nameMember,
  ...capacityMember,
  ...tableNameMember,
  Limit: { type: 'Integer', min: 1 },
  ExclusiveStartKey: attributesMember,
  ConsistentRead: flagMember,
  FilterExpression: textMember,
  ProjectionExpression: textMember,
  ...expressionParameterMembers,
} as const satisfies Members

export type Select = 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT'

/** A page ends after it read this much, before any filter. */
const pageLimitBytes = 1024 * 1024
const chunkRows = 256

/** The table and index of a request. @throws AwsError */
export function sourceOf(engine: Engine, request: PageRequest): { table: Table; index?: IndexSchema } {
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

/** A global index returns only projected attributes; a local one fetches the others from the table. */
function requireProjected(table: Table, index: IndexSchema, request: PageRequest): void {
  const projected = projectedAttributes(table, index)
  if (index.kind === 'local' || projected === undefined) return
  if (request.select === 'ALL_ATTRIBUTES') {
    throw validationError(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    )
  }
  const missing = (request.expressions.projection?.paths ?? []).map(headOf).filter((head) => !projected.includes(head))
  if (missing.length > 0) {
    throw validationError(
      `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${missing.join(', ')}]`,
    )
  }
}

/** A query can filter only by attributes that its index projects, global or local; a scan is not restricted. */
export function requireFilterable(table: Table, index: IndexSchema | undefined, request: PageRequest): void {
  const projected = index && projectedAttributes(table, index)
  const heads = [...new Set(request.expressions.filter?.paths.map(headOf))]
  const missing = projected ? heads.filter((head) => !projected.includes(head)).toSorted() : []
  if (missing.length > 0) {
    throw validationError(
      `One or more parameter values were invalid: Secondary index ${index!.name} does not project one or more filter attributes: [${missing.join(', ')}]`,
    )
  }
}

/** @throws AwsError ValidationException when Select and the projection contradict each other */
export function checkSelect(select: Select | undefined, projected: boolean, indexName: string | undefined): void {
  if (projected && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') {
    throw validationError(
      `Cannot specify the ProjectionExpression when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`,
    )
  }
  if (!projected && select === 'SPECIFIC_ATTRIBUTES') {
    throw validationError(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    )
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  }
}

export function readPage(
  engine: Engine,
  request: PageRequest,
  source: { table: Table; index?: IndexSchema },
  traversal: { range: Range; after?: Cursor; forward: boolean },
): unknown {
  const { table, index } = source
  requireScalarKeyPaths(table, request.expressions)
  const page = collect(engine, request, source, traversal)
  return {
    Items: request.select === 'COUNT' ? undefined : page.items,
    Count: page.items.length,
    ScannedCount: page.scanned,
    LastEvaluatedKey: page.last && pageKeyOf(table, index, page.last.item),
    ConsumedCapacity: consumedCapacity(request.capacityDetail, table, () => [
      pageCapacity(page, index, request.consistent),
    ]),
  }
}

interface Page {
  items: Item[]
  scanned: number
  /** Bytes read from the index (or from the table without one), and fetched from the table for a local index. */
  bytes: number
  fetchedBytes: number
  /** The row at which the page ended early. */
  last?: RangeRow
}

function collect(
  engine: Engine,
  request: PageRequest,
  { table, index }: { table: Table; index?: IndexSchema },
  { range, after, forward }: { range: Range; after?: Cursor; forward: boolean },
): Page {
  const page: Page = { items: [], scanned: 0, bytes: 0, fetchedBytes: 0 }
  const fetches = index?.kind === 'local' && fetchesFromTable(table, index, request)
  const options = { after, forward, chunkRows: Math.min(request.limit ?? chunkRows, chunkRows) }
  for (const row of engine.ranges.rows(table, index, range, options)) {
    const projected = index ? projectTo(table, index, row.item)! : row.item
    page.scanned++
    page.bytes += projected === row.item ? row.size : itemSize(projected)
    if (fetches) page.fetchedBytes += row.size
    const visible = fetches ? row.item : projected
    const filter = request.expressions.filter
    if (!filter || conditionHolds(filter.expression, visible)) {
      const paths = request.expressions.projection?.paths
      page.items.push(paths ? project(visible, paths) : visible)
    }
    if (page.scanned === request.limit || page.bytes >= pageLimitBytes) {
      page.last = row
      break
    }
  }
  return page
}

function fetchesFromTable(table: Table, index: IndexSchema, request: PageRequest): boolean {
  const projected = projectedAttributes(table, index)
  if (projected === undefined) return false
  if (request.select === 'ALL_ATTRIBUTES') return true
  return (request.expressions.projection?.paths ?? []).some((path) => !projected.includes(headOf(path)))
}

function pageCapacity(page: Page, index: IndexSchema | undefined, consistent: boolean): Capacity {
  const units = readUnits(page.bytes, consistent)
  if (!index) return { table: units, indexes: new Map() }
  const fetched = page.fetchedBytes > 0 ? readUnits(page.fetchedBytes, consistent) : 0
  return { table: fetched, indexes: new Map([[index, units]]) }
}

/** The next page starts after the key of the last item, in an index after the index key as well. */
const pageKeyOf = (table: Table, index: IndexSchema | undefined, item: Item): Item => ({
  ...keyOf(table.key, item),
  ...(index && keyOf(index.key, item)),
})

export function pageAccess(
  action: 'Query' | 'Scan',
  request: PageRequest,
  leadingKey: AttributeValue | undefined,
): AccessRequest[] {
  const { tableName, indexName } = request
  const resource = indexName === undefined ? tableArn(tableName) : indexArn(tableName, indexName)
  return [
    accessRequest(action, resource, {
      leadingKeys: [leadingKey],
      attributes: attributesOf(request.expressions),
      select: effectiveSelect(request),
      returnConsumedCapacity: request.capacityDetail,
    }),
  ]
}

function effectiveSelect({ select, expressions, indexName }: PageRequest): Select {
  if (select !== undefined) return select
  if (expressions.projection) return 'SPECIFIC_ATTRIBUTES'
  return indexName === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES'
}
