import { validationError } from '../../wire/aws-error.ts'
import type { Item } from '../attribute-value.ts'
import { project } from '../condition.ts'
import type { PlannedWrite } from '../item-store.ts'
import {
  capacityMember,
  collectionMetricsMember,
  expressionParameterMembers,
  itemMember,
  requestItemsMember,
  returnOnFailureMember,
  structure,
  tableNameMember,
  textMember,
  type Members,
} from '../members.ts'
import { itemAccess, itemOperation, locate, locateBatch, type Located } from '../operation.ts'
import { requireBatch } from '../request.ts'
import { actionNames, actionOf, planWrite, requireUpdateSize, writeAll, type WriteAction } from '../writes.ts'
import { conflictError } from './transactions.ts'

const returnValuesMember = {
  type: 'String',
  enum: ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'],
} as const

const sharedMembers: Members = {
  ...capacityMember,
  ...tableNameMember,
  ...collectionMetricsMember,
  ReturnValues: returnValuesMember,
  ConditionExpression: textMember,
  ...expressionParameterMembers,
  ...returnOnFailureMember,
}

type ReturnValues = 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW'

const writeOperation = (kind: 'put' | 'update' | 'delete', members: Members) =>
  itemOperation({
    name: actionNames[kind],
    kind: 'write',
    members: { ...sharedMembers, ...members },
    wording: 'counted',
    parse: (request) => ({
      action: actionOf(kind, request),
      // A request that leaves the parameter out asks for its default.
      returnValues: (request.ReturnValues ?? 'NONE') as ReturnValues,
    }),
    access: ({ action, returnValues }, engine) => [
      { ...itemAccess(engine, actionNames[kind], [action]), returnValues },
    ],
    async run({ action, returnValues }, engine) {
      const located = locate(engine, action)
      if (engine.writes.hasTransaction(located.text)) throw conflictError()
      const writes = await writeAll(engine, [located], () => {
        const write = planWrite(engine, located)
        if (kind === 'update') requireUpdateSize(action, write)
        return [write]
      })
      return { output: { Attributes: returnedAttributes(returnValues, action, writes[0]!) }, writes }
    },
  })

export const putItem = writeOperation('put', { Item: itemMember })
export const updateItem = writeOperation('update', {
  ReturnValues: { ...returnValuesMember, precedence: 0 },
  Key: itemMember,
  UpdateExpression: textMember,
})
export const deleteItem = writeOperation('delete', { Key: itemMember })

function returnedAttributes(kind: ReturnValues, { expressions }: WriteAction, { before, after }: PlannedWrite) {
  const changed = (item: Item | undefined) => {
    const paths = (expressions.update?.actions ?? []).map(({ path }) => path)
    const attributes = item && project(item, paths)
    return attributes && Object.keys(attributes).length > 0 ? attributes : undefined
  }
  switch (kind) {
    case 'NONE':
      return undefined
    case 'ALL_OLD':
      return before
    case 'ALL_NEW':
      return after
    case 'UPDATED_OLD':
      return changed(before)
    case 'UPDATED_NEW':
      return changed(after)
    default:
      return kind satisfies never
  }
}

const batchLimit = 25

export const batchWriteItem = itemOperation({
  name: 'BatchWriteItem',
  kind: 'write',
  several: true,
  wording: 'older',
  members: {
    ...capacityMember,
    ...collectionMetricsMember,
    RequestItems: requestItemsMember('java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>', {
      values: { min: 1, max: batchLimit },
      precedence: 2,
      of: {
        type: 'List',
        of: structure('WriteRequest', {
          DeleteRequest: structure('DeleteRequest', { Key: itemMember }),
          PutRequest: structure('PutRequest', { Item: itemMember }),
        }),
      },
    }),
  },
  parse(request) {
    const entries = Object.entries<any[]>(request.RequestItems)
    requireBatch(
      'BatchWriteItem',
      entries.map(([, writes]) => writes),
      batchLimit,
    )
    return {
      tables: entries.map(([tableName, writes]) => writes.map((write) => batchedAction(tableName, write))),
    }
  },
  access: ({ tables }, engine) => tables.map((actions) => itemAccess(engine, 'BatchWriteItem', actions)),
  async run({ tables }, engine) {
    const entries = tables.flatMap((actions) => locateBatch(engine, actions))
    // A batch is not a transaction: the writes that conflict with one are returned, and the others are carried out.
    const unprocessed = entries.filter(
      ({ text }, position) =>
        engine.writes.hasTransaction(text) ||
        (position > 0 && engine.chaos.hits('unprocessed entries of table batches')),
    )
    const writes = await writeAll(
      engine,
      entries.filter((entry) => !unprocessed.includes(entry)),
    )
    return { output: { UnprocessedItems: requestItems(unprocessed) }, writes }
  },
})

function batchedAction(tableName: string, { PutRequest, DeleteRequest }: Record<string, any>): WriteAction {
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  }
  return actionOf(PutRequest ? 'put' : 'delete', { ...(PutRequest ?? DeleteRequest), TableName: tableName })
}

/** Entries as `RequestItems`. */
const requestItems = (entries: readonly Located<WriteAction>[]) =>
  Object.fromEntries(
    [...Map.groupBy(entries, ({ target }) => target.tableName)].map(([tableName, ofTable]) => [
      tableName,
      ofTable.map(({ target: { kind, item } }) =>
        kind === 'put' ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: item } },
      ),
    ]),
  )
