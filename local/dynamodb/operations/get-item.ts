import { accessRequest, leadingKeyOf } from '../access.ts'
import type { Item } from '../attribute-value.ts'
import { consumedCapacity, readUnits, type CapacityDetail } from '../capacity.ts'
import { project } from '../document-path.ts'
import type { Engine } from '../engine.ts'
import { attributesOf, expressionsOf, type Expressions } from '../expressions.ts'
import { locationOfKey } from '../item-key.ts'
import type { Location } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Members } from '../members.ts'
import {
  attributeNamesMember,
  capacityMember,
  checkItem,
  flagMember,
  itemMember,
  parseRequest,
  tableNameMember,
  textMember,
} from '../request.ts'
import { tableArn, type Table } from '../schema.ts'
import { requireScalarKeyPaths } from '../writes.ts'

/** One item to read; GetItem has one, batches and transactions several. */
export interface ReadTarget {
  readonly tableName: string
  readonly key: Item
  readonly expressions: Expressions
}

interface GetRequest {
  readonly target: ReadTarget
  readonly consistent: boolean
  readonly capacityDetail: CapacityDetail
}

const members: Members = {
  ...capacityMember,
  ...tableNameMember,
  Key: itemMember,
  ConsistentRead: flagMember,
  ProjectionExpression: textMember,
  ...attributeNamesMember,
}

export const getItem: DynamoOperation<GetRequest> = {
  name: 'GetItem',
  parse(input) {
    const request = parseRequest(input, members)
    checkItem(request.Key)
    return {
      target: {
        tableName: request.TableName,
        key: request.Key,
        expressions: expressionsOf(request, ['ProjectionExpression']),
      },
      consistent: request.ConsistentRead === true,
      capacityDetail: request.ReturnConsumedCapacity,
    }
  },
  access: ({ target, capacityDetail }, engine) => [
    accessRequest('GetItem', tableArn(target.tableName), {
      ...readContext(target, engine),
      returnConsumedCapacity: capacityDetail,
    }),
  ],
  run({ target, consistent, capacityDetail }, engine) {
    const table = engine.tables.get(target.tableName)
    const read = readItem(engine, table, target)
    return {
      Item: read.item,
      ConsumedCapacity: consumedCapacity(capacityDetail, table, () => [
        { table: readUnits(read.size, consistent), indexes: new Map() },
      ]),
    }
  },
}

/** @returns the projected item, and its total size, 0 when it does not exist */
export function readItem(engine: Engine, table: Table, { key, expressions }: ReadTarget) {
  requireScalarKeyPaths(table, expressions)
  return readAt(engine, table, locationOfKey(table, key), expressions)
}

export function readAt(
  engine: Engine,
  table: Table,
  location: Location,
  expressions: Expressions,
): { item?: Item; size: number } {
  const stored = engine.items.get(table, location)
  if (stored === undefined) return { size: 0 }
  const paths = expressions.projection?.paths
  return { item: paths ? project(stored.item, paths) : stored.item, size: stored.size }
}

export function readContext(target: ReadTarget, engine: Engine) {
  return {
    leadingKeys: [leadingKeyOf(engine, target.tableName, target.key)],
    attributes: [...Object.keys(target.key), ...attributesOf(target.expressions)],
    select: target.expressions.projection ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES',
  }
}
