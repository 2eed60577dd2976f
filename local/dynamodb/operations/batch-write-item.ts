import { validationError } from '../../wire/aws-error.ts'
import { accessRequest } from '../access.ts'
import { consumedCapacities, consumedCapacity, writeCapacity, type CapacityDetail } from '../capacity.ts'
import { collectionMetricsByTable, type CollectionMetricsDetail } from '../collection-metrics.ts'
import type { Engine } from '../engine.ts'
import { keyOf, locationOfKey } from '../item-key.ts'
import { itemText, type Location, type PlannedWrite } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Member, Members } from '../members.ts'
import {
  capacityMember,
  checkItem,
  collectionMetricsMember,
  itemMember,
  parseRequest,
  requireItems,
  tableNameKeys,
  withoutArns,
} from '../request.ts'
import { tableArn } from '../schema.ts'
import { commitWrite, keyIn, planWrite, type WriteAction } from '../writes.ts'
import { actionContext } from './write-item.ts'

interface BatchWriteRequest {
  readonly actionsByTable: ReadonlyMap<string, readonly WriteAction[]>
  readonly capacityDetail: CapacityDetail
  readonly metricsDetail: CollectionMetricsDetail
}

const batchLimit = 25

const structure = (name: string, member: Members): Member => ({ type: 'Structure', name, members: member })

const members: Members = {
  ...capacityMember,
  ...collectionMetricsMember,
  RequestItems: {
    type: 'Map',
    valueClass: 'java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>',
    required: true,
    keys: tableNameKeys,
    values: { min: 1, max: batchLimit },
    of: {
      type: 'List',
      of: structure('WriteRequest', {
        DeleteRequest: structure('DeleteRequest', { Key: itemMember }),
        PutRequest: structure('PutRequest', { Item: itemMember }),
      }),
    },
  },
}

export const batchWriteItem: DynamoOperation<BatchWriteRequest> = {
  name: 'BatchWriteItem',
  parse(input) {
    const request = parseRequest(withoutArns(input), members)
    requireItems(request, 'BatchWriteItem')
    const entries = Object.entries<any[]>(request.RequestItems)
    if (entries.reduce((sum, [, writes]) => sum + writes.length, 0) > batchLimit) {
      throw validationError('Too many items requested for the BatchWriteItem call')
    }
    return {
      actionsByTable: new Map(
        entries.map(([tableName, writes]) => [tableName, writes.map((write) => actionOf(tableName, write))]),
      ),
      capacityDetail: request.ReturnConsumedCapacity,
      metricsDetail: request.ReturnItemCollectionMetrics,
    }
  },
  access: ({ actionsByTable, capacityDetail }, engine) =>
    [...actionsByTable].map(([tableName, actions]) => {
      const contexts = actions.map((action) => actionContext(action, engine))
      return accessRequest('BatchWriteItem', tableArn(tableName), {
        leadingKeys: contexts.flatMap((context) => context.leadingKeys),
        attributes: contexts.flatMap((context) => context.attributes),
        returnConsumedCapacity: capacityDetail,
      })
    }),
  run({ actionsByTable, capacityDetail, metricsDetail }, engine) {
    const entries = [...actionsByTable].flatMap(([tableName, actions]) => locateAll(engine, tableName, actions))
    // A batch is no transaction: the writes that conflict with one are returned, and the others are carried out.
    const unprocessed = entries.filter(
      ({ item }, position) =>
        engine.writes.hasTransaction(item) ||
        (position > 0 && engine.chaos.hits('unprocessed entries of table batches')),
    )
    const accepted = entries.filter((entry) => !unprocessed.includes(entry))
    return engine.writes.write(
      accepted.map(({ item }) => item),
      () => {
        const writes = accepted.map((entry) => plan(engine, entry))
        return () => {
          for (const write of writes) commitWrite(engine, write)
          return {
            UnprocessedItems: requestItems(unprocessed),
            ItemCollectionMetrics: collectionMetricsByTable(engine, metricsDetail, writes),
            ConsumedCapacity: consumedCapacities(
              writes.map((write) => write.table),
              (table) => {
                const ofTable = writes.filter((write) => write.table === table)
                return consumedCapacity(capacityDetail, table, () => ofTable.map(writeCapacity))
              },
            ),
          }
        }
      },
    )
  },
}

interface Entry {
  readonly action: WriteAction
  readonly location: Location
  readonly item: string
}

function locateAll(engine: Engine, tableName: string, actions: readonly WriteAction[]): Entry[] {
  const table = engine.tables.get(tableName)
  const entries = actions.map((action): Entry => {
    const location = locationOfKey(table, action.kind === 'put' ? keyOf(table.key, action.item) : keyIn(action))
    return { action, location, item: itemText(table, location) }
  })
  if (new Set(entries.map(({ item }) => item)).size < entries.length) {
    throw validationError('Provided list of item keys contains duplicates')
  }
  return entries
}

function plan(engine: Engine, { action, location }: Entry): PlannedWrite {
  const planned = planWrite(engine, engine.tables.get(action.tableName), action, location)
  if (planned.outcome !== 'planned') throw new Error('A write without a condition failed its condition')
  return planned.write
}

/** Entries as `RequestItems`. */
const requestItems = (entries: readonly Entry[]) =>
  Object.fromEntries(
    [...Map.groupBy(entries, ({ action }) => action.tableName)].map(([tableName, ofTable]) => [
      tableName,
      ofTable.map(({ action }) =>
        action.kind === 'put' ? { PutRequest: { Item: action.item } } : { DeleteRequest: { Key: keyIn(action) } },
      ),
    ]),
  )

function actionOf(tableName: string, { PutRequest, DeleteRequest }: Record<string, any>): WriteAction {
  const shared = { tableName, expressions: {}, returnOldOnFailure: false }
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  }
  checkItem(PutRequest?.Item ?? DeleteRequest?.Key)
  return PutRequest
    ? { ...shared, kind: 'put', item: PutRequest.Item }
    : { ...shared, kind: 'delete', key: DeleteRequest!.Key }
}
