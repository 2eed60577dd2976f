import { nameMember } from './members.ts'
import { validationError } from '../wire/aws-error.ts'
import { keySchemaOf, streamArnOf } from './schema.ts'
import type { DynamoOperation } from './operation.ts'
import type { Engine } from './engine.ts'
import { parseRequest } from './request.ts'
import type { StreamRecord } from './stream-log.ts'

const streamArnMember = { StreamArn: { type: 'String', required: true, min: 37 } } as const
const streamAccess = (action: string, streamArn: string) => [{ action: `dynamodb:${action}`, resource: streamArn }]

const listStreams: DynamoOperation<{ tableName?: string }> = {
  name: 'ListStreams',
  parse(input) {
    return { tableName: parseRequest(input, { TableName: nameMember }).TableName }
  },
  access: () => [{ action: 'dynamodb:ListStreams', resource: '*' }],
  run({ tableName }, engine) {
    const streams = engine.streams
      .streams()
      .filter((stream) => tableName === undefined || stream.tableName === tableName)
    return {
      Streams: streams.map(({ streamArn, tableName: name }) => ({
        StreamArn: streamArn,
        TableName: name,
        StreamLabel: labelOf(streamArn),
      })),
    }
  },
}

const labelOf = (streamArn: string) => streamArn.slice(streamArn.lastIndexOf('/') + 1)

const describeStream: DynamoOperation<{ streamArn: string }> = {
  name: 'DescribeStream',
  parse: (input) => ({ streamArn: parseRequest(input, streamArnMember).StreamArn }),
  access: ({ streamArn }) => streamAccess('DescribeStream', streamArn),
  run: ({ streamArn }, engine) => ({ StreamDescription: streamDescription(engine, streamArn) }),
}

function streamDescription(engine: Engine, streamArn: string) {
  const shards = engine.streams.shards(streamArn)
  const table = engine.tables.all().find((candidate) => streamArnOf(candidate) === streamArn)
  const stream = engine.streams.streams().find((candidate) => candidate.streamArn === streamArn)
  return {
    StreamArn: streamArn,
    StreamLabel: labelOf(streamArn),
    StreamStatus: table ? 'ENABLED' : 'DISABLED',
    StreamViewType: table?.streamViewType,
    TableName: stream?.tableName,
    KeySchema: table && keySchemaOf(table.key),
    Shards: shards.map(({ shardId }) => ({
      ShardId: shardId,
      SequenceNumberRange: { StartingSequenceNumber: '100000000000000000001' },
    })),
  }
}

interface IteratorRequest {
  readonly streamArn: string
  readonly shardId: string
  readonly type: 'TRIM_HORIZON' | 'LATEST' | 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'
  readonly sequenceNumber?: string
}

const getShardIterator: DynamoOperation<IteratorRequest> = {
  name: 'GetShardIterator',
  parse(input) {
    const request = parseRequest(input, {
      ...streamArnMember,
      ShardId: { type: 'String', required: true },
      ShardIteratorType: {
        type: 'String',
        required: true,
        enum: ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'],
      },
      SequenceNumber: { type: 'String', pattern: '[0-9]{21,40}' },
    })
    const type: IteratorRequest['type'] = request.ShardIteratorType
    if (type.endsWith('_SEQUENCE_NUMBER') && request.SequenceNumber === undefined) {
      throw validationError(`A SequenceNumber is required for the ShardIteratorType ${type}`)
    }
    return { streamArn: request.StreamArn, shardId: request.ShardId, type, sequenceNumber: request.SequenceNumber }
  },
  access: ({ streamArn }) => streamAccess('GetShardIterator', streamArn),
  run(request, engine) {
    const position = positionOf(request, engine)
    // Verifies that stream and shard exist.
    engine.streams.read(request.streamArn, request.shardId, position, 0)
    return { ShardIterator: encodeIterator({ ...request, position }) }
  },
}

function positionOf({ streamArn, type, sequenceNumber }: IteratorRequest, engine: Engine): string {
  switch (type) {
    case 'TRIM_HORIZON':
      return type
    case 'LATEST':
      return engine.streams.latestPosition(streamArn)
    case 'AFTER_SEQUENCE_NUMBER':
      return sequenceNumber!
    case 'AT_SEQUENCE_NUMBER':
      return String(BigInt(sequenceNumber!) - 1n)
    default:
      return type satisfies never
  }
}

interface IteratorState {
  readonly streamArn: string
  readonly shardId: string
  readonly position: string
}

/** An iterator contains its state, so that it survives a restart. */
const encodeIterator = ({ streamArn, shardId, position }: IteratorState) =>
  Buffer.from(JSON.stringify([streamArn, shardId, position])).toString('base64')

function decodeIterator(text: string): IteratorState {
  try {
    const [streamArn, shardId, position] = JSON.parse(Buffer.from(text, 'base64').toString()) as string[]
    if (streamArn !== undefined && shardId !== undefined && position !== undefined)
      return { streamArn, shardId, position }
  } catch {
    // Not JSON: rejected below.
  }
  throw validationError('Invalid ShardIterator')
}

const getRecords: DynamoOperation<{ iterator: IteratorState; limit: number }> = {
  name: 'GetRecords',
  parse(input) {
    const request = parseRequest(input, {
      ShardIterator: { type: 'String', required: true },
      Limit: { type: 'Integer', min: 1, max: 1000 },
    })
    return { iterator: decodeIterator(request.ShardIterator), limit: request.Limit ?? 1000 }
  },
  access: ({ iterator }) => streamAccess('GetRecords', iterator.streamArn),
  run({ iterator, limit }, engine) {
    const { streamArn, shardId, position } = iterator
    const page = engine.streams.read(streamArn, shardId, position, limit)
    return {
      Records: page.records.map(toApiRecord),
      NextShardIterator: encodeIterator({ streamArn, shardId, position: page.position }),
    }
  },
}

/** Unlike a record in a function's event, a record of the API has no stream ARN, and its identity has upper-case members. */
function toApiRecord({ eventSourceARN: _arn, userIdentity, ...record }: StreamRecord) {
  return {
    ...record,
    ...(userIdentity && { userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }),
  }
}

export const streamOperations: readonly DynamoOperation[] = [listStreams, describeStream, getShardIterator, getRecords]
