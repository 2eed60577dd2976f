import type { AccessRequest } from '../iam/types.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Operation } from '../wire/service.ts'
import type { AttributeValue, Item } from './attribute-value.ts'
import { collectionMetrics, consumedCapacities, writeCapacity, type Capacity, type CapacityDetail } from './capacity.ts'
import type { Engine } from './engine.ts'
import { attributesOf, headOf, partsOf, type Expressions } from './expressions.ts'
import { keyOf, locationOfItem, locationOfKey, type Location } from './item-key.ts'
import type { PlannedWrite } from './item-store.ts'
import type { Members } from './members.ts'
import { parseRequest, reworded, type Wording } from './request.ts'
import { keyAttributes, tableArn, type Table } from './schema.ts'

/** One operation: a request is parsed once, for IAM and for its execution. */
export interface DynamoOperation<Request = any> {
  readonly name: string
  /** @throws AwsError for errors that do not depend on the tables */
  parse(input: any): Request
  access(request: Request, engine: Engine): AccessRequest[]
  /**
   * Reads are synchronous; writes are queued, and no other operation runs between their reads and writes.
   * @throws AwsError
   */
  run(request: Request, engine: Engine): unknown
}

/** Adapts the operation to the wire: `access` and `handle` get the same input and share its parsed form. */
export function wireOperation<Request>(operation: DynamoOperation<Request>, engine: Engine): Operation {
  const parsed = new WeakMap<object, Request>()
  const requestOf = (input: object): Request => {
    const known = parsed.get(input)
    if (known !== undefined) return known
    const request = operation.parse(input)
    if (request !== null && typeof request === 'object') parsed.set(input, request)
    return request
  }
  return {
    access(input) {
      try {
        return operation.access(requestOf(input), engine)
      } catch (error) {
        // `handle` rejects input that does not parse, before it reads or writes, so IAM need not authorize it.
        if (error instanceof AwsError) return []
        throw error
      }
    },
    handle: (input) => operation.run(requestOf(input), engine),
  }
}

/** What IAM checks for a request; absent condition keys are undefined. */
export interface Access {
  readonly action: string
  readonly resource: string
  readonly leadingKeys: readonly (AttributeValue | undefined)[]
  readonly attributes: readonly string[]
  readonly select?: string
  readonly returnValues?: string
  readonly enclosingOperation?: 'TransactWriteItems' | 'TransactGetItems'
}

/** An operation that reads or writes items. */
interface ItemOperation<Request> extends Pick<DynamoOperation, 'name'> {
  readonly kind: 'read' | 'write'
  /** Whether a request may concern several tables. */
  readonly several?: true
  readonly members: Members
  /** @default 'plain' */
  readonly wording?: Wording
  parse(request: any): Request
  access(request: Request, engine: Engine): Access[]
  run(request: Request, engine: Engine): Outcome | Promise<Outcome>
}

/** The output of an operation, and the writes that it committed or the capacity of what it read. */
export interface Outcome {
  readonly output: Record<string, unknown>
  readonly writes?: readonly PlannedWrite[]
  readonly capacity?: () => Capacity[]
  /** Set for transactions, which consume capacity twice. */
  readonly transaction?: 'Read' | 'Write'
}

/** What every request may ask for in addition; see the members of the same names. */
interface Details {
  readonly capacityDetail: CapacityDetail
  readonly metricsDetail: 'SIZE' | 'NONE' | undefined
}

/**
 * Adds what all operations on items have in common: the consumed capacity, in the response and for the engine's listener,
 * and metrics of item collections.
 */
export function itemOperation<Request extends object>(definition: ItemOperation<Request>): DynamoOperation {
  const { name, kind, several } = definition
  const operation: DynamoOperation<Request & Details> = {
    name,
    parse(input) {
      const request = parseRequest(input, definition.members)
      const { ReturnConsumedCapacity: capacityDetail, ReturnItemCollectionMetrics: metricsDetail } = request
      try {
        return { ...definition.parse(request), capacityDetail, metricsDetail }
      } catch (error) {
        throw reworded(error, definition.wording ?? 'plain', request)
      }
    },
    access: (request, engine) =>
      definition.access(request, engine).map((access) => accessRequest(access, request.capacityDetail)),
    async run(request, engine) {
      const { output, writes = [], capacity, transaction } = await definition.run(request, engine)
      const isReturned = request.capacityDetail === 'TOTAL' || request.capacityDetail === 'INDEXES'
      const consumed =
        isReturned || engine.onCapacity
          ? consumedCapacities(request.capacityDetail, capacity?.() ?? writes.map(writeCapacity), transaction)
          : []
      for (const { TableName: tableName, CapacityUnits: units } of consumed) {
        const [readUnits, writeUnits] = kind === 'read' ? [units, 0] : [0, units]
        engine.onCapacity?.({ operation: name, tableName, readUnits, writeUnits })
      }
      const metrics = request.metricsDetail === 'SIZE' ? collectionMetrics(engine, writes) : undefined
      return {
        ...output,
        ...(isReturned && consumed.length > 0 && { ConsumedCapacity: several ? consumed : consumed[0] }),
        ...(metrics && { ItemCollectionMetrics: several ? metrics : Object.values(metrics)[0]![0] }),
      }
    },
  }
  return operation
}

function accessRequest({ action, resource, ...access }: Access, capacityDetail: CapacityDetail): AccessRequest {
  const context: Record<string, readonly string[]> = {}
  const add = (key: string, values: readonly (string | undefined)[]) => {
    const present = [...new Set(values)].filter((value) => value !== undefined)
    if (present.length > 0) context[`dynamodb:${key}`] = present
  }
  add(
    'leadingkeys',
    access.leadingKeys.map((key) => key?.S ?? key?.N ?? key?.B),
  )
  add('attributes', access.attributes)
  add('select', [access.select])
  add('returnvalues', [access.returnValues])
  add('returnconsumedcapacity', [capacityDetail])
  add('enclosingoperation', [access.enclosingOperation])
  return { action: `dynamodb:${action}`, resource, context }
}

/** An operation on a whole table, such as DescribeTable. */
export const tableAccess = (action: string, tableName: string): AccessRequest[] => [
  { action: `dynamodb:${action}`, resource: tableArn(tableName) },
]

/** An item that a request reads or writes. */
export interface Target {
  readonly tableName: string
  /** The key, or the whole item of a put. */
  readonly item: Item
  /** Absent for a read. */
  readonly kind?: 'put' | 'update' | 'delete' | 'check'
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
  return located(table, target, (target.kind === 'put' ? locationOfItem : locationOfKey)(table, target.item))
}

/** As {@link locate} by the key alone, with which a batch names the items that it puts as well; without a check of paths. */
export function locateByKey<Of extends Target>(engine: Engine, target: Of): Located<Of> {
  const table = engine.tables.get(target.tableName)
  const key = target.kind === 'put' ? keyOf(table.key, target.item) : target.item
  return located(table, target, locationOfKey(table, key))
}

/** @throws AwsError as {@link locateByKey}, and for two targets of one item */
export function locateBatch<Of extends Target>(engine: Engine, targets: readonly Of[]): Located<Of>[] {
  const all = targets.map((target) => locateByKey(engine, target))
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
