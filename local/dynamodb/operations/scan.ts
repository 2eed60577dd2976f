import { validationError } from '../../wire/aws-error.ts'
import { expressionsOf } from '../expressions.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Range } from '../range-store.ts'
import { checkSelect, pageAccess, pageMembers, readPage, sourceOf, type PageRequest } from '../read-page.ts'
import type { Members } from '../members.ts'
import { checkItem, parseRequest } from '../request.ts'
import { cursorOf } from '../start-key.ts'

interface ScanRequest extends PageRequest {
  readonly segment?: number
  readonly totalSegments?: number
}

const members: Members = {
  ...pageMembers,
  TotalSegments: { type: 'Integer', min: 1 },
  Segment: { type: 'Integer', min: 0 },
}

export const scan: DynamoOperation<ScanRequest> = {
  name: 'Scan',
  parse(input) {
    const request = parseRequest(input, members)
    const expressions = expressionsOf(request, ['ProjectionExpression', 'FilterExpression'])
    checkSelect(request.Select, expressions.projection !== undefined, request.IndexName)
    checkItem(request.ExclusiveStartKey ?? {})
    checkSegments(request.Segment, request.TotalSegments)
    return {
      tableName: request.TableName,
      indexName: request.IndexName,
      expressions,
      select: request.Select,
      limit: request.Limit,
      consistent: request.ConsistentRead === true,
      startKey: request.ExclusiveStartKey,
      capacityDetail: request.ReturnConsumedCapacity,
      segment: request.Segment,
      totalSegments: request.TotalSegments,
    }
  },
  access: (request) => pageAccess('Scan', request, undefined),
  run(request, engine) {
    const source = sourceOf(engine, request)
    const after = request.startKey && cursorOf(source.table, source.index, request.startKey)
    return readPage(engine, request, source, { range: segmentRange(request), after, forward: true })
  },
}

function checkSegments(segment: number | undefined, total: number | undefined): void {
  if (segment === undefined && total !== undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    )
  }
  if (segment !== undefined && total === undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    )
  }
  if (segment !== undefined && segment >= total!) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    )
  }
}

/** The number of values of the hash before a partition key. */
const hashCount = 2 ** 32

/** A segment is a range of the partition keys' hashes. */
function segmentRange({ segment, totalSegments }: ScanRequest): Range {
  if (segment === undefined || totalSegments === undefined) return {}
  const boundary = (number: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(Math.floor((hashCount / totalSegments) * number))
    return bytes
  }
  return {
    partitionsFrom: { at: boundary(segment), inclusive: true },
    ...(segment + 1 < totalSegments && { partitionsTo: { at: boundary(segment + 1), inclusive: false } }),
  }
}
