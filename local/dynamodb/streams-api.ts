import { parsedJson } from '../json.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Engine } from './engine.ts'
import { nameMember } from './members.ts'
import type { DynamoOperation } from './operation.ts'
import { parseRequest } from './request.ts'
import { keySchemaOf, streamArnOf } from './schema.ts'
import { onlyShardId, type StreamRecord } from './stream-log.ts'

const streamOperation = <Request extends { readonly streamArn?: string }>(
  name: string,
  parse: (input: any) => Request,
  run: (request: Request, engine: Engine) => unknown,
): DynamoOperation<Request> => ({
  name,
  parse,
  access: ({ streamArn = '*' }) => [{ action: `dynamodb:${name}`, resource: streamArn }],
  run,
})

const streamArnMember = { StreamArn: { type: 'String', required: true, min: 37 } } as const

const labelOf = (streamArn: string) => streamArn.slice(streamArn.lastIndexOf('/') + 1)

const listStreams = streamOperation<{ tableName?: string; streamArn?: never }>(
  'ListStreams',
  (input) => ({ tableName: parseRequest(input, { TableName: { ...nameMember, type: 'TableName' } }).TableName }),
  ({ tableName }, engine) => ({
    Streams: engine.streams
      .streams()
      .filter((stream) => tableName === undefined || stream.tableName === tableName)
      .map(({ streamArn, tableName: TableName }) => ({
        StreamArn: streamArn,
        TableName,
        StreamLabel: labelOf(streamArn),
      })),
  }),
)

const describeStream = streamOperation(
  'DescribeStream',
  (input) => ({ streamArn: parseRequest(input, streamArnMember).StreamArn as string }),
  ({ streamArn }, engine) => {
    engine.streams.require(streamArn)
    const table = engine.tables.all().find((candidate) => streamArnOf(candidate) === streamArn)
    const stream = engine.streams.streams().find((candidate) => candidate.streamArn === streamArn)
    return {
      StreamDescription: {
        StreamArn: streamArn,
        StreamLabel: labelOf(streamArn),
        StreamStatus: table ? 'ENABLED' : 'DISABLED',
        StreamViewType: table?.streamViewType,
        TableName: stream?.tableName,
        KeySchema: table && keySchemaOf(table.key),
        Shards: [{ ShardId: onlyShardId, SequenceNumberRange: { StartingSequenceNumber: '100000000000000000001' } }],
      },
    }
  },
)

const iteratorTypes = ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const

const getShardIterator = streamOperation(
  'GetShardIterator',
  (input) => {
    const request = parseRequest(input, {
      ...streamArnMember,
      ShardId: { type: 'String', required: true },
      ShardIteratorType: { type: 'String', required: true, enum: iteratorTypes },
      SequenceNumber: { type: 'String', pattern: '[0-9]{21,40}' },
    })
    const type: (typeof iteratorTypes)[number] = request.ShardIteratorType
    const sequenceNumber: string | undefined = request.SequenceNumber
    if (type.endsWith('_SEQUENCE_NUMBER') && sequenceNumber === undefined) {
      throw validationError(`A SequenceNumber is required for the ShardIteratorType ${type}`)
    }
    return { streamArn: request.StreamArn as string, shardId: request.ShardId as string, type, sequenceNumber }
  },
  ({ streamArn, shardId, type, sequenceNumber }, { streams }) => {
    streams.require(streamArn)
    if (shardId !== onlyShardId) throw new AwsError('ResourceNotFoundException', `Shard ${shardId} does not exist.`)
    const positions = {
      TRIM_HORIZON: () => type,
      LATEST: () => streams.latestPosition(streamArn),
      AFTER_SEQUENCE_NUMBER: () => sequenceNumber!,
      AT_SEQUENCE_NUMBER: () => String(BigInt(sequenceNumber!) - 1n),
    }
    return { ShardIterator: encodeIterator({ streamArn, position: positions[type]() }) }
  },
)

interface Iterator {
  readonly streamArn: string
  readonly position: string
}

/** An iterator contains its state, so that it survives a restart. */
const encodeIterator = ({ streamArn, position }: Iterator) =>
  Buffer.from(JSON.stringify([streamArn, position])).toString('base64')

function decodeIterator(text: string): Iterator {
  const parts = parsedJson(Buffer.from(text, 'base64').toString())
  if (!Array.isArray(parts) || parts.length !== 2) throw validationError('Invalid ShardIterator')
  const [streamArn, position] = parts
  return { streamArn, position }
}

const getRecords = streamOperation(
  'GetRecords',
  (input) => {
    const request = parseRequest(input, {
      ShardIterator: { type: 'String', required: true },
      Limit: { type: 'Integer', min: 1, max: 1000 },
    })
    return { ...decodeIterator(request.ShardIterator), limit: (request.Limit ?? 1000) as number }
  },
  ({ streamArn, position: after, limit }, engine) => {
    const { records, position } = engine.streams.read(streamArn, after, limit)
    return { Records: records.map(toApiRecord), NextShardIterator: encodeIterator({ streamArn, position }) }
  },
)

/** Unlike a record in a function's event, a record of the API has no stream ARN, and its identity has upper-case members. */
function toApiRecord({ eventSourceARN: _arn, userIdentity, ...record }: StreamRecord) {
  return {
    ...record,
    ...(userIdentity && { userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }),
  }
}

export const streamOperations: readonly DynamoOperation[] = [listStreams, describeStream, getShardIterator, getRecords]
