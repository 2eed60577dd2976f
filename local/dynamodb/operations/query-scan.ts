import { validationError } from '../../wire/aws-error.ts'
import type { AttributeValue } from '../attribute-value.ts'
import type { Engine } from '../engine.ts'
import { attributesOf, expressionsOf, headOf, type ExpressionMember } from '../expressions.ts'
import type { Cursor, KeyRange } from '../item-store.ts'
import { equalValueOf, keyConditionsOf, rangesOf } from '../key-condition.ts'
import {
  attributesMember,
  capacityMember,
  expressionParameterMembers,
  flagMember,
  nameMember,
  tableNameMember,
  textMember,
  type Members,
} from '../members.ts'
import { itemOperation, type Access } from '../operation.ts'
import { cursorOf, readPage, sourceOf, type PageRequest, type Select, type Source } from '../read-page.ts'
import { checkItem } from '../request.ts'
import { indexArn, invalidValues, keyAttributes, projectedAttributes, tableArn } from '../schema.ts'

const pageMembers = {
  Select: { type: 'String', enum: ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] },
  IndexName: nameMember,
  ...capacityMember,
  ...tableNameMember,
  Limit: { type: 'Integer', min: 1, newMessages: true },
  ExclusiveStartKey: attributesMember,
  ConsistentRead: flagMember,
  FilterExpression: textMember,
  ProjectionExpression: textMember,
  ...expressionParameterMembers,
} as const satisfies Members

function pageRequest(request: any, accepted: readonly ExpressionMember[]): PageRequest {
  const expressions = expressionsOf(request, accepted)
  checkSelect(request.Select, expressions.projection !== undefined, request.IndexName)
  checkItem(request.ExclusiveStartKey ?? {})
  return {
    tableName: request.TableName,
    indexName: request.IndexName,
    expressions,
    select: request.Select,
    limit: request.Limit,
    consistent: request.ConsistentRead === true,
    startKey: request.ExclusiveStartKey,
    forward: request.ScanIndexForward !== false,
  }
}

/** @throws AwsError ValidationException when Select and the projection contradict each other */
function checkSelect(select: Select | undefined, projected: boolean, indexName: string | undefined): void {
  if (projected && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') {
    throw validationError(
      `Cannot specify the ProjectionExpression when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`,
    )
  }
  if (!projected && select === 'SPECIFIC_ATTRIBUTES') {
    throw validationError(
      '1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    )
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  }
}

function pageAccess(action: 'Query' | 'Scan', request: PageRequest, leadingKey?: AttributeValue): Access[] {
  const { tableName, indexName, expressions, select } = request
  const [resource, all] =
    indexName === undefined
      ? [tableArn(tableName), 'ALL_ATTRIBUTES']
      : [indexArn(tableName, indexName), 'ALL_PROJECTED_ATTRIBUTES']
  return [
    {
      action,
      resource,
      leadingKeys: [leadingKey],
      attributes: attributesOf(expressions),
      select: select ?? (expressions.projection ? 'SPECIFIC_ATTRIBUTES' : all),
    },
  ]
}

export const query = itemOperation({
  name: 'Query',
  kind: 'read',
  members: {
    ...pageMembers,
    ScanIndexForward: flagMember,
    KeyConditionExpression: textMember,
  },
  parse(request) {
    if (request.KeyConditionExpression === undefined) {
      throw validationError(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      )
    }
    const page = pageRequest(request, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'])
    return { ...page, keyConditions: keyConditionsOf(page.expressions) }
  },
  access(request, engine) {
    const table = engine.tables.find(request.tableName)
    const source =
      request.indexName === undefined ? table : table?.indexes.find(({ name }) => name === request.indexName)
    return pageAccess('Query', request, source && equalValueOf(request.keyConditions, source.key.partition))
  },
  run(request, engine) {
    const source = sourceOf(engine, request)
    const ranges = rangesOf((source.index ?? source.table).key, request.keyConditions)
    requireFilterable(source, request)
    const after = cursorOf(source, request.startKey)
    if (after) requireInRange(after, ranges)
    return readPage(engine, request, source, ranges, after)
  },
})

/** A query can filter only by attributes that are not part of the key and that its index projects; a scan is not restricted. */
function requireFilterable({ table, index }: Source, { expressions }: PageRequest): void {
  const heads = [...new Set(expressions.filter?.paths.map(headOf))]
  const key = keyAttributes((index ?? table).key).find(({ name }) => heads.includes(name))
  if (key) {
    throw validationError(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key.name}`,
    )
  }
  const projected = index && projectedAttributes(table, index)
  const missing = projected ? heads.filter((head) => !projected.includes(head)).toSorted() : []
  if (missing.length > 0) {
    throw invalidValues(
      `Secondary index ${index!.name} does not project one or more filter attributes: [${missing.join(', ')}]`,
    )
  }
}

function requireInRange([partition, sort]: Cursor, ranges: readonly KeyRange[]): void {
  const outside = (column: KeyRange['column'], at: Uint8Array) =>
    ranges.some((range) => {
      const order = Buffer.compare(at, range.value)
      return range.column === column && order !== 0 && !range.operator.startsWith(order < 0 ? '<' : '>')
    })
  if (outside('sort', sort!)) throw validationError('The provided starting key does not match the range key predicate')
  if (outside('partition', partition!)) {
    throw validationError(
      ranges.some(({ column }) => column === 'sort')
        ? 'The query can return at most one row and cannot be restarted'
        : 'The provided starting key is outside query boundaries based on provided conditions',
    )
  }
}

const scanMembers: Members = {
  ...pageMembers,
  TotalSegments: { type: 'Integer', min: 1, newMessages: true },
  Segment: { type: 'Integer', min: 0, newMessages: true },
}

export const scan = itemOperation({
  name: 'Scan',
  kind: 'read',
  wording: 'older',
  members: scanMembers,
  parse(request) {
    const page = pageRequest(request, ['ProjectionExpression', 'FilterExpression'])
    return { ...page, ranges: segmentRanges(request.Segment, request.TotalSegments) }
  },
  access: (request) => pageAccess('Scan', request),
  run(request, engine: Engine) {
    const source = sourceOf(engine, request)
    return readPage(engine, request, source, request.ranges, cursorOf(source, request.startKey))
  },
})

/** The number of values of the hash before a partition key. */
const hashCount = 2 ** 32

/** A segment is a range of the partition keys' hashes. @throws AwsError ValidationException */
function segmentRanges(segment: number | undefined, total: number | undefined): KeyRange[] {
  if (segment === undefined && total === undefined) return []
  if (segment === undefined || total === undefined) {
    const [missing, present] = segment === undefined ? ['Segment', 'TotalSegments'] : ['TotalSegments', 'Segment']
    const parameter = present === 'Segment' ? 'Segment parameter' : 'parameter TotalSegments'
    throw validationError(
      `The ${missing} parameter is required but was not present in the request when ${parameter} is present`,
    )
  }
  if (segment >= total) {
    throw validationError('The Segment parameter is zero-based and must be less than parameter TotalSegments')
  }
  const range = (operator: '>=' | '<', number: number): KeyRange => {
    const value = Buffer.alloc(4)
    value.writeUInt32BE(Math.floor((hashCount / total) * number))
    return { column: 'partition', operator, value }
  }
  return [range('>=', segment), ...(segment + 1 < total ? [range('<', segment + 1)] : [])]
}
