import { validationError } from '../../wire/aws-error.ts'
import type { Engine } from '../engine.ts'
import { expressionsOf, headOf } from '../expressions.ts'
import { equalValueOf, keyConditionsOf, rangeOf, type KeyConditions } from '../key-condition.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Cursor, Range } from '../range-store.ts'
import {
  cursorOf,
  pageAccess,
  pageMembers,
  pageRequestOf,
  readPage,
  requireFilterable,
  sourceOf,
  type PageRequest,
} from '../read-page.ts'
import { flagMember, parseRequest, textMember, type Members } from '../request.ts'
import { keyAttributes, type KeySchema } from '../schema.ts'

interface QueryRequest extends PageRequest {
  readonly keyConditions: KeyConditions
  readonly forward: boolean
}

const members: Members = { ...pageMembers, ScanIndexForward: flagMember, KeyConditionExpression: textMember }

export const query: DynamoOperation<QueryRequest> = {
  name: 'Query',
  parse(input) {
    const request = parseRequest(input, members)
    if (request.KeyConditionExpression === undefined) {
      throw validationError('The KeyConditionExpression parameter must be specified in the request.')
    }
    const expressions = expressionsOf(request, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'])
    return {
      ...pageRequestOf(request, expressions),
      keyConditions: keyConditionsOf(expressions),
      forward: request.ScanIndexForward !== false,
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
    if (after) requireInRange(after, range)
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

function requireInRange(after: Cursor, { partition, sortFrom, sortTo }: Range): void {
  const isOutside =
    Buffer.compare(after.partition, partition!) !== 0 ||
    (sortFrom && Buffer.compare(after.sort, sortFrom.at) < 0) ||
    (sortTo && Buffer.compare(after.sort, sortTo.at) > 0)
  if (isOutside) {
    throw validationError('The provided starting key is outside query boundaries based on provided conditions')
  }
}

export const scan: DynamoOperation<PageRequest> = {
  name: 'Scan',
  parse(input) {
    const request = parseRequest(input, pageMembers)
    return pageRequestOf(request, expressionsOf(request, ['ProjectionExpression', 'FilterExpression']))
  },
  access: (request) => pageAccess('Scan', request, undefined),
  run(request, engine) {
    const source = sourceOf(engine, request)
    const after = request.startKey && cursorOf(source.table, source.index, request.startKey)
    return readPage(engine, request, source, { range: {}, after, forward: true })
  },
}
