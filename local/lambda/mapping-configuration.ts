import { createHash } from 'node:crypto'
import type { ResourceDeclaration } from '../assembly/provider.ts'
import { compilePattern } from '../events/pattern.ts'
import { readDestination, type Destination } from './destination.ts'

interface CommonConfiguration {
  readonly uuid: string
  readonly functionName: string
  readonly eventSourceArn: string
  readonly enabled: boolean
  readonly batchSize: number
  readonly batchingWindowMs: number
  readonly reportsItemFailures: boolean
  /** Whether the mapping's events are counted as metrics. */
  readonly countsEvents: boolean
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
  readonly onFailure?: Destination
}

export type MappingConfiguration = QueueMapping | StreamMapping

/** AWS starts with five concurrent batches and scales up; here the number is constant: a machine has few cores. */
const defaultQueueConcurrency = 5

/** @throws Error naming the mapping and the invalid property */
export function readMapping(declaration: ResourceDeclaration): MappingConfiguration {
  const { properties } = declaration
  const what = `The event source mapping ${declaration.stackName}/${declaration.logicalId}`
  const source: unknown = properties.EventSourceArn
  if (typeof properties.FunctionName !== 'string') throw new Error(`${what} has no FunctionName.`)
  const number = numberReader(properties, what)
  const batchingWindowMs = number('MaximumBatchingWindowInSeconds', 0, 0, 300) * 1000
  const common = {
    uuid: uuidOf(declaration.generatedName),
    functionName: properties.FunctionName,
    enabled: properties.Enabled !== false && properties.Enabled !== 'false',
    batchingWindowMs,
    reportsItemFailures: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
    countsEvents: (properties.MetricsConfig?.Metrics ?? []).includes('EventCount'),
  }
  if (typeof source === 'string' && source.startsWith('arn:aws:sqs:')) {
    const batchSize = number('BatchSize', 10, 1, 10_000)
    if (properties.FilterCriteria) throw new Error(`${what} has FilterCriteria, which are emulated for streams only.`)
    const maximumConcurrency = Number(properties.ScalingConfig?.MaximumConcurrency ?? defaultQueueConcurrency)
    return { kind: 'queue', ...common, eventSourceArn: source, batchSize, maximumConcurrency }
  }
  if (typeof source === 'string' && /^arn:aws:dynamodb:.*\/stream\//.test(source)) {
    return { kind: 'stream', ...common, eventSourceArn: source, ...readStream(properties, what, number) }
  }
  throw new Error(
    `${what} reads from ${String(source)}; only SQS queues and DynamoDB streams are emulated as event sources.`,
  )
}

const unlimited = (value: number) => (value === -1 ? Infinity : value)

type NumberReader = (name: string, defaultValue: number, min: number, max: number) => number

function readStream(properties: Record<string, any>, what: string, number: NumberReader) {
  const startingPosition = properties.StartingPosition
  if (startingPosition !== 'LATEST' && startingPosition !== 'TRIM_HORIZON') {
    throw new Error(`${what} has the StartingPosition ${startingPosition}; it must be LATEST or TRIM_HORIZON.`)
  }
  const onFailure: string | undefined = properties.DestinationConfig?.OnFailure?.Destination
  return {
    batchSize: number('BatchSize', 100, 1, 10_000),
    startingPosition,
    filter: readFilter(properties.FilterCriteria, what),
    bisectsOnError: properties.BisectBatchOnFunctionError === true || properties.BisectBatchOnFunctionError === 'true',
    maximumRetries: unlimited(number('MaximumRetryAttempts', -1, -1, 10_000)),
    maximumRecordAgeMs: unlimited(number('MaximumRecordAgeInSeconds', -1, -1, 604_800)) * 1000,
    ...(onFailure !== undefined && { onFailure: readDestination(onFailure, what) }),
  } as const
}

function numberReader(properties: Record<string, any>, what: string): NumberReader {
  return (name, defaultValue, min, max) => {
    const value = Number(properties[name] ?? defaultValue)
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new Error(`${what} has ${name} ${properties[name]}; it must be a whole number from ${min} to ${max}.`)
    }
    return value
  }
}

/** An item is passed when one of the patterns matches. */
function readFilter(criteria: { Filters?: { Pattern?: string }[] } | undefined, what: string) {
  const filters = criteria?.Filters ?? []
  if (filters.length === 0) return undefined
  const matchers = filters.map(({ Pattern: pattern }) => {
    try {
      return compilePattern(pattern)
    } catch (error) {
      throw new Error(`${what} has the filter ${pattern}: ${(error as Error).message}`, { cause: error })
    }
  })
  return (item: unknown) => matchers.some((matches) => matches(item as Parameters<typeof matches>[0]))
}

/** Deterministic, so that the position in a stream is found again after a restart. */
function uuidOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex')
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-')
}
