import { accessRequest, leadingKeyOf } from '../access.ts'
import { AwsError, validationError } from '../../wire/aws-error.ts'
import type { Item } from '../attribute-value.ts'
import { consumedCapacity, writeCapacity, type CapacityDetail } from '../capacity.ts'
import { project } from '../document-path.ts'
import { membersOf } from '../dynalite.ts'
import type { Engine } from '../engine.ts'
import { attributesOf } from '../expressions.ts'
import type { DynamoOperation } from '../operation.ts'
import { returnOnFailureMember, structured } from '../request.ts'
import { tableArn } from '../schema.ts'
import { commitWrite, planWrite, type PlannedWrite, type WriteAction } from '../writes.ts'

/** What PutItem, UpdateItem and DeleteItem have in common. */
export interface WriteRequest {
  readonly action: WriteAction
  readonly returnValues: 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW' | undefined
  readonly capacityDetail: CapacityDetail
}

/**
 * PutItem, UpdateItem or DeleteItem.
 * @param actionOf reads what is the operation's own from a request of the right structure
 */
export function writeOperation(
  kind: 'put' | 'update' | 'delete',
  actionOf: (request: any, common: Pick<WriteAction, 'tableName' | 'returnOldOnFailure'>) => WriteAction,
): DynamoOperation<WriteRequest> {
  const members = { ...membersOf(`${kind}Item`), ...returnOnFailureMember }
  return {
    name: actionNames[kind],
    parse(input) {
      const request = structured(input, members)
      return {
        action: actionOf(request, {
          tableName: request.TableName,
          returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
        }),
        returnValues: request.ReturnValues,
        capacityDetail: request.ReturnConsumedCapacity,
      }
    },
    access: writeAccess,
    run: runWrite,
  }
}

/** @throws AwsError ValidationException for what only UpdateItem returns */
export function checkReturnsOldOrNothing(request: { ReturnValues?: string }): void {
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
      returnValues,
      returnConsumedCapacity: capacityDetail,
    }),
  ]
}

/** Leading key and attributes of one write. */
export function actionContext(action: WriteAction, engine: Engine) {
  const item = action.kind === 'put' ? action.item : action.key
  return {
    leadingKeys: [leadingKeyOf(engine, action.tableName, item)],
    attributes: [...Object.keys(item), ...attributesOf(action.expressions)],
  }
}

function runWrite({ action, returnValues, capacityDetail }: WriteRequest, engine: Engine): unknown {
  return engine.state.transaction(() => {
    const table = engine.tables.get(action.tableName)
    const plan = planWrite(engine, table, action)
    if (plan.outcome === 'condition-failed') {
      throw conditionFailed(action.returnOldOnFailure ? plan.before : undefined)
    }
    commitWrite(engine, plan.write)
    return {
      Attributes: returnedAttributes(returnValues, action, plan.write),
      ConsumedCapacity: consumedCapacity(capacityDetail, table, () => [
        writeCapacity(table, plan.write.before, plan.write.after),
      ]),
    }
  })
}

function conditionFailed(item: Item | undefined): AwsError {
  return new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
    members: item === undefined ? {} : { Item: item },
  })
}

function returnedAttributes(kind: WriteRequest['returnValues'], action: WriteAction, write: PlannedWrite) {
  const paths = action.expressions.update?.paths ?? []
  switch (kind) {
    case undefined:
    case 'NONE':
      return undefined
    case 'ALL_OLD':
      return write.before
    case 'ALL_NEW':
      return write.after
    case 'UPDATED_OLD':
      return write.before && filled(project(write.before, paths))
    case 'UPDATED_NEW':
      return write.after && filled(project(write.after, paths))
    default:
      return kind satisfies never
  }
}

const filled = (item: Item) => (Object.keys(item).length > 0 ? item : undefined)
