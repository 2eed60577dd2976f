import { accessRequest, leadingKeyOf } from '../access.ts'
import { AwsError, validationError } from '../../wire/aws-error.ts'
import type { Item } from '../attribute-value.ts'
import { consumedCapacity, writeCapacity, type CapacityDetail } from '../capacity.ts'
import { collectionMetrics, type CollectionMetricsDetail } from '../collection-metrics.ts'
import { project } from '../document-path.ts'
import type { Engine } from '../engine.ts'
import { attributesOf, expressionsOf } from '../expressions.ts'
import { itemText, type PlannedWrite } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Members } from '../members.ts'
import {
  capacityMember,
  checkItem,
  collectionMetricsMember,
  expressionParameterMembers,
  itemMember,
  parseRequest,
  returnOnFailureMember,
  tableNameMember,
  textMember,
} from '../request.ts'
import { tableArn } from '../schema.ts'
import { conflictMessage } from '../transact-request.ts'
import { commitWrite, keyIn, planWrite, targetOf, type WriteAction } from '../writes.ts'

/** A request of PutItem, UpdateItem or DeleteItem. */
interface WriteRequest {
  readonly action: WriteAction
  readonly returnValues: 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW' | undefined
  readonly capacityDetail: CapacityDetail
  readonly metricsDetail: CollectionMetricsDetail
}

const sharedMembers: Members = {
  ...capacityMember,
  ...tableNameMember,
  ...collectionMetricsMember,
  ReturnValues: { type: 'String', enum: ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] },
  ConditionExpression: textMember,
  ...expressionParameterMembers,
  ...returnOnFailureMember,
}

const kindMembers = {
  put: { Item: itemMember },
  update: { Key: itemMember, UpdateExpression: textMember },
  delete: { Key: itemMember },
} as const satisfies Record<string, Members>

/**
 * The common part of PutItem, UpdateItem and DeleteItem.
 * @param actionOf returns the action of a validated request
 */
function writeOperation(
  kind: 'put' | 'update' | 'delete',
  actionOf: (request: any, common: Pick<WriteAction, 'tableName' | 'returnOldOnFailure'>) => WriteAction,
): DynamoOperation<WriteRequest> {
  const members = { ...sharedMembers, ...kindMembers[kind] }
  return {
    name: actionNames[kind],
    parse(input) {
      const request = parseRequest(input, members)
      return {
        action: actionOf(request, {
          tableName: request.TableName,
          returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
        }),
        returnValues: request.ReturnValues,
        capacityDetail: request.ReturnConsumedCapacity,
        metricsDetail: request.ReturnItemCollectionMetrics,
      }
    },
    access: writeAccess,
    run: runWrite,
  }
}

/** @throws AwsError ValidationException for values that only UpdateItem supports */
function checkReturnsOldOrNothing(request: { ReturnValues?: string }): void {
  if (![undefined, 'NONE', 'ALL_OLD'].includes(request.ReturnValues)) {
    throw validationError('ReturnValues can only be ALL_OLD or NONE')
  }
}

export const actionNames = {
  put: 'PutItem',
  update: 'UpdateItem',
  delete: 'DeleteItem',
  check: 'ConditionCheckItem',
} as const

function writeAccess({ action, returnValues, capacityDetail }: WriteRequest, engine: Engine) {
  return [
    accessRequest(actionNames[action.kind], tableArn(action.tableName), {
      ...actionContext(action, engine),
      // A request that leaves the parameter out asks for its default.
      returnValues: returnValues ?? 'NONE',
      returnConsumedCapacity: capacityDetail,
    }),
  ]
}

/** Condition key values of one write. */
export function actionContext(action: WriteAction, engine: Engine) {
  const item = keyIn(action)
  return {
    leadingKeys: [leadingKeyOf(engine, action.tableName, item)],
    attributes: [...Object.keys(item), ...attributesOf(action.expressions)],
  }
}

function runWrite({ action, returnValues, capacityDetail, metricsDetail }: WriteRequest, engine: Engine): unknown {
  const table = engine.tables.get(action.tableName)
  const location = targetOf(table, action)
  const item = itemText(table, location)
  if (engine.writes.hasTransaction(item)) {
    throw new AwsError('TransactionConflictException', conflictMessage)
  }
  return engine.writes.write([item], () => {
    const plan = planWrite(engine, engine.tables.get(action.tableName), action, location)
    if (plan.outcome === 'condition-failed') {
      throw conditionFailed(action.returnOldOnFailure ? plan.before : undefined)
    }
    const { write } = plan
    return () => {
      commitWrite(engine, write)
      return {
        Attributes: returnedAttributes(returnValues, action, write),
        ConsumedCapacity: consumedCapacity(capacityDetail, write.table, () => [writeCapacity(write)]),
        ItemCollectionMetrics: collectionMetrics(engine, metricsDetail, write),
      }
    }
  })
}

function conditionFailed(item: Item | undefined): AwsError {
  return new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
    members: item === undefined ? {} : { Item: item },
  })
}

function returnedAttributes(kind: WriteRequest['returnValues'], action: WriteAction, write: PlannedWrite) {
  const paths = action.expressions.update?.targets ?? []
  switch (kind) {
    case undefined:
    case 'NONE':
      return undefined
    case 'ALL_OLD':
      return write.before
    case 'ALL_NEW':
      return write.after
    case 'UPDATED_OLD':
      return write.before && nonEmpty(project(write.before, paths))
    case 'UPDATED_NEW':
      return write.after && nonEmpty(project(write.after, paths))
    default:
      return kind satisfies never
  }
}

const nonEmpty = (item: Item) => (Object.keys(item).length > 0 ? item : undefined)

export const putItem = writeOperation('put', (request, common) => {
  checkItem(request.Item)
  checkReturnsOldOrNothing(request)
  const expressions = expressionsOf(request, ['ConditionExpression'])
  return { kind: 'put', item: request.Item, expressions, ...common }
})

export const updateItem = writeOperation('update', (request, common) => {
  checkItem(request.Key)
  const expressions = expressionsOf(request, ['UpdateExpression', 'ConditionExpression'])
  return { kind: 'update', key: request.Key, expressions, ...common }
})

export const deleteItem = writeOperation('delete', (request, common) => {
  checkItem(request.Key)
  checkReturnsOldOrNothing(request)
  const expressions = expressionsOf(request, ['ConditionExpression'])
  return { kind: 'delete', key: request.Key, expressions, ...common }
})
