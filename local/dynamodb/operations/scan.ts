import { validationError } from '../../wire/aws-error.ts'
import { expressionsOf } from '../expressions.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Range } from '../range-store.ts'
import { cursorOf, pageAccess, pageMembers, pageRequestOf, readPage, sourceOf, type PageRequest } from '../read-page.ts'
import { parseRequest, type Members } from '../request.ts'

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
    checkSegments(request.Segment, request.TotalSegments)
    return {
      ...pageRequestOf(request, expressions),
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
  if (segment === undefined && total === undefined) return
  if (segment === undefined || total === undefined || segment >= total) {
    throw validationError(
      'Segment and TotalSegments must be given together, and Segment must be less than TotalSegments',
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
