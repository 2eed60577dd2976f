import { arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import { noMetrics, readEmbeddedMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type JsonService, type Operation } from '../wire/service.ts'
import { parseFilterPattern } from './filter-pattern.ts'
import { LogTable, type LogEvent, type Position } from './log-table.ts'

const maxPageSize = 10_000
const batchSize = 1000

/** CloudWatch Logs: the output of functions, stored in the state file and readable through the API. */
export class LogStore {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly #table: LogTable
  readonly #metrics: MetricSink

  /** @param options.metrics receives the metrics in embedded metric format. @default discards them */
  constructor(options: { state: State; clock: Clock; metrics?: MetricSink }) {
    this.#metrics = options.metrics ?? noMetrics
    this.#table = new LogTable(options)
    this.wire = {
      targetPrefix: 'Logs_20140328',
      version: '1.1',
      operations: { DescribeLogGroups: describeLogGroups(this.#table), FilterLogEvents: filterLogEvents(this.#table) },
    }
    this.providers = [logGroupProvider(this.#table)]
  }

  hasGroup(name: string): boolean {
    return this.#table.hasGroup(name)
  }

  /** Appends lines to a stream; creates the group if needed. They are written soon, or before they are read. */
  append(group: string, stream: string, messages: { timestampMs: number; message: string }[]): void {
    this.#table.append(group, stream, messages)
    for (const { message } of messages) readEmbeddedMetrics(message, this.#metrics)
  }

  /** Finds lines of all groups: see {@link LogTable.containing}. */
  containing(texts: readonly string[], searched: number): ReturnType<LogTable['containing']> {
    return this.#table.containing(texts, searched)
  }

  /** Writes what was appended. */
  stop(): void {
    this.#table.flush()
  }
}

/** Names and ARNs of the groups with a prefix, in one page. */
const describeLogGroups = (table: LogTable): Operation<{ logGroupNamePrefix?: string }> => ({
  access: () => [{ action: 'logs:DescribeLogGroups', resource: arn('logs', 'log-group:*') }],
  handle(input) {
    requireParameters(input, ['logGroupNamePrefix'])
    const names = table.groupNames().filter((name) => name.startsWith(input.logGroupNamePrefix ?? ''))
    return { logGroups: names.map((name) => ({ logGroupName: name, arn: `${arn('logs', `log-group:${name}`)}:*` })) }
  },
})

function logGroupProvider(table: LogTable): ResourceProvider {
  return {
    type: 'AWS::Logs::LogGroup',
    supported: ['LogGroupName', 'RetentionInDays'],
    ignored: {
      KmsKeyId: 'the state file is not encrypted',
      LogGroupClass: 'all groups have the same class',
      Tags: 'tags have no effect locally',
    },
    create({ properties, generatedName }) {
      const name: string = properties.LogGroupName ?? generatedName
      table.putGroup(name, properties.RetentionInDays ?? null)
      return { ref: name, attributes: { Arn: `${arn('logs', `log-group:${name}`)}:*` } }
    },
  }
}

/** Returns the events of a group that match a pattern, oldest first. */
function filterLogEvents(table: LogTable): Operation<Record<string, any>> {
  return {
    // The ARN of a group ends in `:*`, as in CDK's policies.
    access: (input) => [
      { action: 'logs:FilterLogEvents', resource: `${arn('logs', `log-group:${groupNameOf(input)}`)}:*` },
    ],
    handle(input) {
      requireParameters(input, parameters)
      const group = groupNameOf(input)
      if (!table.hasGroup(group)) {
        throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
      }
      const limit = integerOf(input.limit ?? maxPageSize, 'limit', 1, maxPageSize)
      const matches = parseFilterPattern(input.filterPattern ?? '')
      const endMs = integerOf(input.endTime ?? Number.MAX_SAFE_INTEGER, 'endTime')
      const startMs = integerOf(input.startTime ?? 0, 'startTime')
      let after: Position = input.nextToken ? positionOf(input.nextToken) : { timestampMs: startMs, id: 0 }
      const events = []
      for (;;) {
        const page = table.eventsAfter(group, { after, endMs, limit: batchSize })
        for (const event of page) {
          after = { timestampMs: event.timestamp_ms, id: event.id }
          if (!matches(event.message)) continue
          events.push(toOutput(event))
          if (events.length === limit) {
            return { events, searchedLogStreams: [], nextToken: `${after.timestampMs}/${after.id}` }
          }
        }
        if (page.length < batchSize) return { events, searchedLogStreams: [] }
      }
    },
  }
}

/** `aws logs tail` sends `interleaved`, which AWS ignores: results always are. */
const parameters = [
  'logGroupName',
  'logGroupIdentifier',
  'filterPattern',
  'startTime',
  'endTime',
  'limit',
  'nextToken',
  'interleaved',
]

/** The group's name; the input has a name or an ARN. */
const groupNameOf = (input: Record<string, unknown>) =>
  String(input['logGroupName'] ?? input['logGroupIdentifier'] ?? '')
    .replace(/^arn:.*:log-group:/, '')
    .replace(/:\*$/, '')

const toOutput = (event: LogEvent) => ({
  logStreamName: event.stream,
  timestamp: event.timestamp_ms,
  message: event.message,
  ingestionTime: event.ingested_ms,
  eventId: String(event.id),
})

const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)

/** @throws AwsError `InvalidParameterException` */
function integerOf(value: unknown, name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value)
  throw invalidParameter(`${name} must be an integer from ${min} to ${max}.`)
}

/** @throws AwsError `InvalidParameterException` for an invalid token */
function positionOf(token: unknown): Position {
  const [, timestampMs, id] = /^(\d+)\/(\d+)$/.exec(String(token)) ?? []
  if (timestampMs === undefined) throw invalidParameter('The specified nextToken is invalid.')
  return { timestampMs: Number(timestampMs), id: Number(id) }
}
