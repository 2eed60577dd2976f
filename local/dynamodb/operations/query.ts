import { validationError } from '../../wire/aws-error.ts'
import type { Engine } from '../engine.ts'
import { expressionsOf, headOf } from '../expressions.ts'
import { equalValueOf, keyConditionsOf, rangeOf, type KeyConditions } from '../key-condition.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Cursor, Range } from '../range-store.ts'
import {
  checkSelect,
  pageAccess,
  pageMembers,
  readPage,
  requireFilterable,
  sourceOf,
  type PageRequest,
} from '../read-page.ts'
import type { Members } from '../members.ts'
import { checkItem, flagMember, parseRequest, textMember } from '../request.ts'
import { keyAttributes, type KeySchema } from '../schema.ts'
import { cursorOf } from '../start-key.ts'

interface QueryRequest extends PageRequest {
  readonly keyConditions: KeyConditions
  readonly forward: boolean
}

const members: Members = {
  ...pageMembers,
  // A newer message than that of a scan, which names the parameter as the request does.
  Limit: { ...pageMembers.Limit, newMessages: true },
  ScanIndexForward: flagMember,
  KeyConditionExpression: textMember,
}

export const query: DynamoOperation<QueryRequest> = {
  name: 'Query',
  parse(input) {
    const request = parseRequest(input, members)
    if (request.KeyConditionExpression === undefined) {
      throw validationError(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      )
    }
    const expressions = expressionsOf(request, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'])
    checkSelect(request.Select, expressions.projection !== undefined, request.IndexName)
    checkItem(request.ExclusiveStartKey ?? {})
    return {
      tableName: request.TableName,
      indexName: request.IndexName,
      expressions,
      keyConditions: keyConditionsOf(expressions),
      select: request.Select,
      limit: request.Limit,
      consistent: request.ConsistentRead === true,
      forward: request.ScanIndexForward !== false,
      startKey: request.ExclusiveStartKey,
      capacityDetail: request.ReturnConsumedCapacity,
    }
  },
  access(request, engine) {
    const key = keySchemaOf(request, engine)
    return pageAccess('Query', request, key && equalValueOf(request.keyConditions, key.partition))
  },
  run(request, engine) {
    const source = sourceOf(engine, request)
    const key = source.index?.key ?? source.table.key
    const range = rangeOf(key, request.keyConditions)
    rejectFilterOnKey(key, request)
    requireFilterable(source.table, source.index, request)
    const after = request.startKey && cursorOf(source.table, source.index, request.startKey)
    if (after) requireInRange(after, range, key.sort !== undefined && request.keyConditions.has(key.sort.name))
    return readPage(engine, request, source, { range, after, forward: request.forward })
  },
}

function keySchemaOf({ tableName, indexName }: PageRequest, engine: Engine): KeySchema | undefined {
  const table = engine.tables.find(tableName)
  return indexName === undefined ? table?.key : table?.indexes.find((index) => index.name === indexName)?.key
}

function rejectFilterOnKey(key: KeySchema, { expressions }: PageRequest): void {
  const filtered = expressions.filter?.paths.map(headOf) ?? []
  for (const { name } of keyAttributes(key)) {
    if (filtered.includes(name)) {
      throw validationError(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`,
      )
    }
  }
}

function requireInRange(after: Cursor, range: Range, hasSortCondition: boolean): void {
  const sort = Buffer.from(after.sort)
  const from = range.sortFrom && sort.compare(range.sortFrom.at)
  const to = range.sortTo && sort.compare(range.sortTo.at)
  if ((from !== undefined && from < 0) || (to !== undefined && to > 0)) {
    throw validationError('The provided starting key does not match the range key predicate')
  }
  if (!Buffer.from(after.partition).equals(range.partition!)) {
    throw validationError(
      hasSortCondition
        ? 'The query can return at most one row and cannot be restarted'
        : 'The provided starting key is outside query boundaries based on provided conditions',
    )
  }
}
