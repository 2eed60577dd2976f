import { createHash } from 'node:crypto'
import { propertyReader } from '../assembly/property-reader.ts'
import type { ResourceDeclaration } from '../assembly/provider.ts'
import { compilePattern } from '../events/pattern.ts'
import { readDestination } from './destination.ts'

interface CommonConfiguration {
  readonly uuid: string
  readonly functionName: string
  readonly eventSourceArn: string
  readonly enabled: boolean
  readonly batchSize: number
  readonly batchingWindowMs: number
  readonly reportsItemFailures: boolean
}

export interface QueueMapping extends CommonConfiguration {
  readonly kind: 'queue'
  /** How many batches the function may process concurrently. */
  readonly maximumConcurrency: number
}

export interface StreamMapping extends CommonConfiguration {
  readonly kind: 'stream'
  /** Whether a record is passed to the function; undefined passes all. */
  readonly filter?: (record: unknown) => boolean
  readonly startingPosition: 'LATEST' | 'TRIM_HORIZON'
  readonly bisectsOnError: boolean
  /** Infinity retries until the records expire. */
  readonly maximumRetries: number
  /** Infinity applies only the retention of the stream. */
  readonly maximumRecordAgeMs: number
  /** The ARN of a queue or a bucket. */
  readonly onFailure?: string
  /** Whether the mapping's events are counted as metrics. */
  readonly countsEvents: boolean
}

export type MappingConfiguration = QueueMapping | StreamMapping

/** AWS starts with five concurrent batches and scales up; here the number is constant: a machine has few cores. */
const defaultQueueConcurrency = 5

/** @throws Error naming the mapping and the invalid property */
export function readMapping(declaration: ResourceDeclaration): MappingConfiguration {
  const { properties, stackName, logicalId } = declaration
  const what = `The event source mapping ${stackName}/${logicalId}`
  const { fail, number } = propertyReader(properties, what)
  const isTrue = (name: string) => String(properties[name]) === 'true'
  const eventSourceArn = String(properties.EventSourceArn)
  if (typeof properties.FunctionName !== 'string') fail('has no FunctionName')
  const common = {
    uuid: uuidOf(declaration.generatedName),
    functionName: properties.FunctionName,
    eventSourceArn,
    enabled: properties.Enabled === undefined || isTrue('Enabled'),
    batchingWindowMs: number('MaximumBatchingWindowInSeconds', 0, 0, 300) * 1000,
    reportsItemFailures: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
  }
  if (eventSourceArn.startsWith('arn:aws:sqs:')) {
    if (properties.FilterCriteria) fail('has FilterCriteria, which are emulated for streams only')
    const batchSize = number('BatchSize', 10, 1, 10_000)
    if (batchSize > 10 && common.batchingWindowMs === 0)
      fail('has a BatchSize above 10, which needs a MaximumBatchingWindowInSeconds of at least 1')
    const scaling = propertyReader(properties.ScalingConfig ?? {}, what)
    const maximumConcurrency = scaling.number('MaximumConcurrency', defaultQueueConcurrency, 2, 1000)
    return { kind: 'queue', ...common, batchSize, maximumConcurrency }
  }
  if (!/^arn:aws:dynamodb:.*\/stream\//.test(eventSourceArn))
    fail(`reads from ${eventSourceArn}; only SQS queues and DynamoDB streams are emulated as event sources`)
  const { StartingPosition: startingPosition, DestinationConfig, MetricsConfig } = properties
  if (startingPosition !== 'LATEST' && startingPosition !== 'TRIM_HORIZON')
    fail(`has the StartingPosition ${startingPosition}; it must be LATEST or TRIM_HORIZON`)
  const onFailure: string | undefined = DestinationConfig?.OnFailure?.Destination
  const maximumRecordAgeSeconds = number('MaximumRecordAgeInSeconds', -1, -1, 604_800)
  if (maximumRecordAgeSeconds !== -1 && maximumRecordAgeSeconds < 60)
    fail(`has MaximumRecordAgeInSeconds ${maximumRecordAgeSeconds}; it must be -1 or at least 60`)
  return {
    kind: 'stream',
    ...common,
    batchSize: number('BatchSize', 100, 1, 10_000),
    startingPosition,
    filter: readFilter(properties.FilterCriteria, fail),
    bisectsOnError: isTrue('BisectBatchOnFunctionError'),
    maximumRetries: unlimited(number('MaximumRetryAttempts', -1, -1, 10_000)),
    maximumRecordAgeMs: unlimited(maximumRecordAgeSeconds) * 1000,
    ...(onFailure !== undefined && { onFailure: readDestination(onFailure, fail) }),
    countsEvents: (MetricsConfig?.Metrics ?? []).includes('EventCount'),
  }
}

const unlimited = (value: number) => (value === -1 ? Infinity : value)

/** An item is passed when one of the patterns matches. */
function readFilter(criteria: { Filters?: { Pattern?: string }[] } | undefined, fail: (problem: string) => never) {
  const filters = criteria?.Filters ?? []
  if (filters.length === 0) return undefined
  const matchers = filters.map(({ Pattern: pattern }) => {
    try {
      return compilePattern(pattern)
    } catch (error) {
      return fail(`has the filter ${pattern}: ${(error as Error).message}`)
    }
  })
  return (item: unknown) => matchers.some((matches) => matches(item as Parameters<typeof matches>[0]))
}

/** Deterministic, so that the position in a stream is found again after a restart. */
function uuidOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex')
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5')
}
