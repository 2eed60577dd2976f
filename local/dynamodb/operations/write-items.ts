import { AwsError, validationError } from '../../wire/aws-error.ts'
import { accessRequest, leadingKeyOf, type DynamoOperation } from '../operation.ts'
import type { Item } from '../attribute-value.ts'
import { consumedCapacities, consumedCapacity, writeCapacity, type CapacityDetail } from '../capacity.ts'
import { project } from '../document-path.ts'
import type { Engine } from '../engine.ts'
import { attributesOf, expressionsOf } from '../expressions.ts'
import { itemText, type Location, type PlannedWrite } from '../item-store.ts'
import {
  capacityMember,
  conditionMembers,
  itemMember,
  parseRequest,
  requestItemsMember,
  requireBatchSize,
  tableNameMember,
  textMember,
  type Members,
} from '../request.ts'
import { tableArn } from '../schema.ts'
import { conflictMessage } from '../transaction.ts'
import { commitWrite, keyIn, planWrite, targetOf, type WriteAction } from '../writes.ts'

/** The members of an action, alone or in a transaction. */
export const actionMembers = {
  put: { ...tableNameMember, ...conditionMembers, Item: itemMember },
  update: { ...tableNameMember, ...conditionMembers, Key: itemMember, UpdateExpression: textMember },
  delete: { ...tableNameMember, ...conditionMembers, Key: itemMember },
} as const satisfies Record<string, Members>

/** The IAM action of each kind. */
export const actionNames = {
  put: 'PutItem',
  update: 'UpdateItem',
  delete: 'DeleteItem',
  check: 'ConditionCheckItem',
} as const

export const actionOf = (kind: WriteAction['kind'], request: any): WriteAction => ({
  tableName: request.TableName,
  expressions: expressionsOf(
    request,
    kind === 'update' ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression'],
  ),
  returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  ...(kind === 'put' ? { kind, item: request.Item } : { kind, key: request.Key }),
})

/** The values of IAM's condition keys for some writes. */
export const writeContext = (actions: readonly WriteAction[], engine: Engine) => ({
  leadingKeys: actions.map((action) => leadingKeyOf(engine, action.tableName, keyIn(action))),
  attributes: actions.flatMap((action) => [...Object.keys(keyIn(action)), ...attributesOf(action.expressions)]),
})

/** A request of PutItem, UpdateItem or DeleteItem. */
interface WriteRequest {
  readonly action: WriteAction
  readonly returnValues: 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW'
  readonly capacityDetail: CapacityDetail
}

function writeOperation(kind: 'put' | 'update' | 'delete'): DynamoOperation<WriteRequest> {
  const members: Members = {
    ...actionMembers[kind],
    ...capacityMember,
    ReturnValues: { type: 'String', enum: ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] },
  }
  return {
    name: actionNames[kind],
    parse(input) {
      const request = parseRequest(input, members)
      // A request without the parameter requests its default, also for IAM.
      const { ReturnValues: returnValues = 'NONE' } = request
      if (kind !== 'update' && !['NONE', 'ALL_OLD'].includes(returnValues)) {
        throw validationError('ReturnValues can only be ALL_OLD or NONE')
      }
      return {
        action: actionOf(kind, request),
        returnValues,
        capacityDetail: request.ReturnConsumedCapacity,
      }
    },
    access: ({ action, returnValues, capacityDetail }, engine) => [
      accessRequest(actionNames[kind], tableArn(action.tableName), {
        ...writeContext([action], engine),
        returnValues,
        returnConsumedCapacity: capacityDetail,
      }),
    ],
    run: runWrite,
  }
}

export const putItem = writeOperation('put')
export const updateItem = writeOperation('update')
export const deleteItem = writeOperation('delete')

function runWrite({ action, returnValues, capacityDetail }: WriteRequest, engine: Engine): unknown {
  const table = engine.tables.get(action.tableName)
  const location = targetOf(table, action)
  const item = itemText(table, location)
  if (engine.writes.hasTransaction(item)) throw new AwsError('TransactionConflictException', conflictMessage)
  return engine.writes.write([item], () => {
    const plan = planWrite(engine, engine.tables.get(action.tableName), action, location)
    if (plan.outcome === 'condition-failed') {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
        members: action.returnOldOnFailure && plan.before ? { Item: plan.before } : {},
      })
    }
    const { write } = plan
    return () => {
      commitWrite(engine, write)
      return {
        Attributes: returnedAttributes(returnValues, action, write),
        ConsumedCapacity: consumedCapacity(capacityDetail, write.table, () => [writeCapacity(write)]),
      }
    }
  })
}

function returnedAttributes(kind: WriteRequest['returnValues'], action: WriteAction, write: PlannedWrite) {
  const image = kind.endsWith('_OLD') ? write.before : write.after
  if (kind === 'NONE' || image === undefined || kind.startsWith('ALL_')) return kind === 'NONE' ? undefined : image
  const updated: Item = project(image, action.expressions.update?.targets ?? [])
  return Object.keys(updated).length > 0 ? updated : undefined
}

interface BatchWriteRequest {
  readonly actionsByTable: readonly (readonly [tableName: string, actions: readonly WriteAction[]])[]
  readonly capacityDetail: CapacityDetail
}

const batchLimit = 25

const batchMembers: Members = {
  ...capacityMember,
  ...requestItemsMember({
    type: 'List',
    min: 1,
    max: batchLimit,
    of: {
      type: 'Structure',
      members: {
        DeleteRequest: { type: 'Structure', members: { Key: itemMember } },
        PutRequest: { type: 'Structure', members: { Item: itemMember } },
      },
    },
  }),
}

export const batchWriteItem: DynamoOperation<BatchWriteRequest> = {
  name: 'BatchWriteItem',
  parse(input) {
    const request = parseRequest(input, batchMembers)
    const entries = Object.entries<any[]>(request.RequestItems)
    requireBatchSize(
      'BatchWriteItem',
      entries.map(([, writes]) => writes.length),
      batchLimit,
    )
    return {
      actionsByTable: entries.map(([TableName, writes]) => [
        TableName,
        writes.map(({ PutRequest, DeleteRequest }) => {
          if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
            throw validationError('A WriteRequest must contain exactly one of PutRequest and DeleteRequest')
          }
          return actionOf(PutRequest ? 'put' : 'delete', { TableName, ...PutRequest, ...DeleteRequest })
        }),
      ]),
      capacityDetail: request.ReturnConsumedCapacity,
    }
  },
  access: ({ actionsByTable, capacityDetail }, engine) =>
    actionsByTable.map(([tableName, actions]) =>
      accessRequest('BatchWriteItem', tableArn(tableName), {
        ...writeContext(actions, engine),
        returnConsumedCapacity: capacityDetail,
      }),
    ),
  run({ actionsByTable, capacityDetail }, engine) {
    const entries = actionsByTable.flatMap(([tableName, actions]) => locateAll(engine, tableName, actions))
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
        const writes = accepted.map(({ action, location }) => {
          const planned = planWrite(engine, engine.tables.get(action.tableName), action, location)
          if (planned.outcome !== 'planned') throw new Error('A write without a condition failed its condition')
          return planned.write
        })
        return () => {
          for (const write of writes) commitWrite(engine, write)
          return {
            UnprocessedItems: requestItems(unprocessed),
            ConsumedCapacity: consumedCapacities(
              capacityDetail,
              writes.map((write) => write.table),
              (position) => writeCapacity(writes[position]!),
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
    const location = targetOf(table, action)
    return { action, location, item: itemText(table, location) }
  })
  if (new Set(entries.map(({ item }) => item)).size < entries.length) {
    throw validationError('Provided list of item keys contains duplicates')
  }
  return entries
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
