import { ManualClock } from '../../clock.ts'
import { State } from '../../state/state.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { createEngine } from '../engine.ts'
import type { TableEndpoint } from './endpoint.ts'
import { ShardPositions } from './shard-positions.ts'
import { StreamCopy } from './stream-copy.ts'

interface FakeShard {
  readonly id: string
  readonly parent?: string
  readonly numbers: number[]
  closed: boolean
}

const text = (number: number) => String(number).padStart(21, '0')

/** The DynamoDB Streams API on shards that a test fills, closes and trims; iterators are `<shard>:<index>`. */
export class FakeStreams implements TableEndpoint {
  readonly calls: string[] = []
  /** Errors that the next calls of an operation throw. */
  readonly failures: { operation: string; error: AwsError }[] = []
  readonly shards: FakeShard[]

  constructor(...shards: FakeShard[]) {
    this.shards = shards
  }

  async call(_api: string, operation: string, input: any): Promise<any> {
    this.calls.push(operation)
    const failure = this.failures.findIndex((each) => each.operation === operation)
    if (failure >= 0) throw this.failures.splice(failure, 1)[0]!.error
    if (operation === 'DescribeStream') return this.#describe(input.ExclusiveStartShardId)
    if (operation === 'GetShardIterator') return { ShardIterator: `${input.ShardId}:${this.#indexOf(input)}` }
    return this.#records(input.ShardIterator)
  }

  /** Returns one shard per page. */
  #describe(after: string | undefined) {
    const index = this.shards.findIndex(({ id }) => id === after) + 1
    const shard = this.shards[index]
    const page = shard ? [{ ShardId: shard.id, ParentShardId: shard.parent }] : []
    return {
      StreamDescription: { Shards: page, LastEvaluatedShardId: index + 1 < this.shards.length ? shard?.id : undefined },
    }
  }

  #indexOf({ ShardId, ShardIteratorType, SequenceNumber }: any): number {
    const { numbers } = this.#shard(ShardId)
    return ShardIteratorType === 'TRIM_HORIZON' ? 0 : numbers.filter((number) => text(number) <= SequenceNumber).length
  }

  /** Returns two records per page. */
  #records(iterator: string) {
    const [id, index] = iterator.split(':') as [string, string]
    const { numbers, closed } = this.#shard(id)
    const page = numbers.slice(Number(index), Number(index) + 2)
    const next = Number(index) + page.length
    return {
      Records: page.map((number) => recordOf(number)),
      NextShardIterator: closed && next === numbers.length ? undefined : `${id}:${next}`,
    }
  }

  #shard(id: string): FakeShard {
    return this.shards.find((shard) => shard.id === id)!
  }
}

const recordOf = (number: number) => ({
  eventID: `remote-${number}`,
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'ddblocal',
  dynamodb: {
    ApproximateCreationDateTime: 1_767_225_600,
    Keys: { id: { S: String(number) } },
    NewImage: { id: { S: String(number) } },
    SequenceNumber: text(number),
    SizeBytes: 6,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
})

const stream = { remoteArn: 'arn:remote', localArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1' }

/** A copy of the fake stream to a log in memory; `another` creates a copy that continues it. */
export function makeCopy(endpoint: FakeStreams) {
  const state = new State(':memory:')
  const clock = new ManualClock()
  const engine = createEngine(state, clock)
  state.run('INSERT INTO ddb_streams VALUES (?, ?)', stream.localArn, 't')
  const warnings: string[] = []
  const context = {
    engine,
    endpoint,
    positions: new ShardPositions(state),
    warn: (sentence: string) => warnings.push(sentence),
  }
  const { signal } = new AbortController()
  const another = () => {
    const copy = new StreamCopy(stream, context)
    return () => copy.round(signal)
  }
  const [shard] = engine.streams.shards(stream.localArn)
  const copied = () =>
    engine.streams
      .read(stream.localArn, shard!.shardId, 'TRIM_HORIZON', 100)
      .records.map((record) => Number(record.dynamodb.Keys['id']!.S))
  return { round: another(), another, copied, clock, warnings }
}
