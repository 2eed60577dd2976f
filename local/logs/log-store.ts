import { arn, type ResourceProvider } from '../assembly/provider.ts'
import { dayMs, type Cancel, type Clock } from '../clock.ts'
import { noMetrics, readEmbeddedMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type JsonService, type Operation } from '../wire/service.ts'
import { parseFilterPattern } from './filter-pattern.ts'

const maxPageSize = 10_000
const batchSize = 1000
const sweepEveryMs = 3_600_000

/** Lines of all functions are written together after this time, or before a read. A kill loses lines that are younger. */
const flushMs = 200

interface LogEvent {
  /** Increases with every stored event. */
  readonly id: number
  readonly stream: string
  readonly timestamp_ms: number
  readonly ingested_ms: number
  readonly message: string
}

/** A position in the order of events: by time, then by arrival. */
interface Position {
  readonly timestampMs: number
  readonly id: number
}

/** CloudWatch Logs: the output of functions, stored in the state file and readable through the API. */
export class LogStore {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly #state: State
  readonly #clock: Clock
  readonly #metrics: MetricSink
  readonly #known = new Set<string>()
  /** Lines that are not written yet: group, stream, timestamp, time of ingestion, message. */
  #pending: (readonly [string, string, number, number, string])[] = []
  #cancelFlush: Cancel | undefined
  #sweptMs = -Infinity

  /** @param options.metrics receives the metrics in embedded metric format. @default discards them */
  constructor(options: { state: State; clock: Clock; metrics?: MetricSink }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#metrics = options.metrics ?? noMetrics
    this.wire = {
      targetPrefix: 'Logs_20140328',
      version: '1.1',
      operations: { DescribeLogGroups: describeLogGroups(this), FilterLogEvents: filterLogEvents(this) },
    }
    this.providers = [logGroupProvider(this)]
    this.#state.define(`
      CREATE TABLE IF NOT EXISTS log_groups (name TEXT PRIMARY KEY, retention_days INTEGER, created_ms INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS log_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, group_name TEXT NOT NULL, stream TEXT NOT NULL,
        timestamp_ms INTEGER NOT NULL, ingested_ms INTEGER NOT NULL, message TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS log_events_by_time ON log_events (group_name, timestamp_ms, id);`)
  }

  /** Creates the group, or changes its retention; null keeps events forever. */
  putGroup(name: string, retentionDays: number | null): void {
    this.#state.run(
      `INSERT INTO log_groups VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET retention_days = excluded.retention_days`,
      name,
      retentionDays,
      this.#clock.now(),
    )
  }

  /** Groups are never deleted, so a group that was found once need not be read again. */
  hasGroup(name: string): boolean {
    if (!this.#known.has(name) && this.#state.get('SELECT 1 FROM log_groups WHERE name = ?', name))
      this.#known.add(name)
    return this.#known.has(name)
  }

  /** In alphabetical order. */
  groupNames(): string[] {
    return this.#state.all<{ name: string }>('SELECT name FROM log_groups ORDER BY name').map(({ name }) => name)
  }

  /** Appends lines to a stream; creates the group if needed. They are written soon, or before they are read. */
  append(group: string, stream: string, lines: readonly { timestampMs: number; message: string }[]): void {
    if (lines.length === 0) return
    if (!this.hasGroup(group)) this.putGroup(group, null)
    const now = this.#clock.now()
    for (const { timestampMs, message } of lines) {
      this.#pending.push([group, stream, timestampMs, now, message])
      readEmbeddedMetrics(message, this.#metrics)
    }
    this.#cancelFlush ??= this.#clock.schedule(flushMs, () => this.#flush())
  }

  /** Events of a group after a position, in order. */
  eventsAfter(group: string, range: { after: Position; endMs: number; limit: number }): LogEvent[] {
    this.#flush()
    return this.#state.all<LogEvent>(
      `SELECT id, stream, timestamp_ms, ingested_ms, message FROM log_events
       WHERE group_name = ? AND (timestamp_ms, id) > (?, ?) AND timestamp_ms < ? ORDER BY timestamp_ms, id LIMIT ?`,
      group,
      range.after.timestampMs,
      range.after.id,
      range.endMs,
      range.limit,
    )
  }

  /** The lines of all groups that contain one of the texts, oldest first; only the last `searched` lines are searched. */
  containing(texts: readonly string[], searched: number): { group: string; timestampMs: number; message: string }[] {
    this.#flush()
    return this.#state.all(
      `SELECT group_name AS "group", timestamp_ms AS timestampMs, message FROM log_events
       WHERE id > (SELECT MAX(id) FROM log_events) - ? AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(message, value))
       ORDER BY timestamp_ms, id`,
      searched,
      JSON.stringify(texts),
    )
  }

  /** Writes what was appended. */
  stop(): void {
    this.#flush()
  }

  #flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (this.#pending.length === 0) return
    this.#state.run(
      `INSERT INTO log_events (group_name, stream, timestamp_ms, ingested_ms, message)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
      JSON.stringify(this.#pending.splice(0)),
    )
    this.#sweep()
  }

  /** Deletes events older than the retention of their group, at most once an hour; writes call it, so no timer is needed. */
  #sweep(): void {
    const now = this.#clock.now()
    if (now - this.#sweptMs < sweepEveryMs) return
    this.#sweptMs = now
    const groups = this.#state.all<{ name: string; days: number }>(
      'SELECT name, retention_days AS days FROM log_groups WHERE retention_days IS NOT NULL',
    )
    for (const { name, days } of groups)
      this.#state.run('DELETE FROM log_events WHERE group_name = ? AND timestamp_ms < ?', name, now - days * dayMs)
  }
}

/** The ARN of a group ends in `:*`, as in CDK's policies. */
const groupArn = (name: string) => `${arn('logs', `log-group:${name}`)}:*`

const logGroupProvider = (logs: LogStore): ResourceProvider => ({
  type: 'AWS::Logs::LogGroup',
  supported: ['LogGroupName', 'RetentionInDays'],
  ignored: {
    KmsKeyId: 'the state file is not encrypted',
    LogGroupClass: 'all groups have the same class',
  },
  create({ properties, generatedName }) {
    const name: string = properties.LogGroupName ?? generatedName
    logs.putGroup(name, properties.RetentionInDays ?? null)
    return { ref: name, attributes: { Arn: groupArn(name) } }
  },
})

/** Names and ARNs of the groups with a prefix, in one page. */
const describeLogGroups = (logs: LogStore): Operation<{ logGroupNamePrefix?: string }> => ({
  access: () => [{ action: 'logs:DescribeLogGroups', resource: arn('logs', 'log-group:*') }],
  handle(input) {
    requireParameters(input, ['logGroupNamePrefix'])
    const names = logs.groupNames().filter((name) => name.startsWith(input.logGroupNamePrefix ?? ''))
    return { logGroups: names.map((name) => ({ logGroupName: name, arn: groupArn(name) })) }
  },
})

/** `aws logs tail` sends `interleaved`, which AWS ignores: results always are. */
const parameters = 'logGroupName logGroupIdentifier filterPattern startTime endTime limit nextToken interleaved'.split(
  ' ',
)

/** Returns the events of a group that match a pattern, oldest first. */
const filterLogEvents = (logs: LogStore): Operation<Record<string, any>> => ({
  access: (input) => [{ action: 'logs:FilterLogEvents', resource: groupArn(groupNameOf(input)) }],
  handle(input) {
    requireParameters(input, parameters)
    const group = groupNameOf(input)
    if (!logs.hasGroup(group))
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
    const limit = integerOf(input.limit ?? maxPageSize, 'limit', 1, maxPageSize)
    const matches = parseFilterPattern(input.filterPattern ?? '')
    const endMs = integerOf(input.endTime ?? Number.MAX_SAFE_INTEGER, 'endTime')
    const startMs = integerOf(input.startTime ?? 0, 'startTime')
    let after: Position = input.nextToken ? positionOf(input.nextToken) : { timestampMs: startMs, id: 0 }
    const events = []
    for (;;) {
      const page = logs.eventsAfter(group, { after, endMs, limit: batchSize })
      for (const event of page) {
        after = { timestampMs: event.timestamp_ms, id: event.id }
        if (!matches(event.message)) continue
        events.push(toOutput(event))
        if (events.length === limit)
          return { events, searchedLogStreams: [], nextToken: `${after.timestampMs}/${after.id}` }
      }
      if (page.length < batchSize) return { events, searchedLogStreams: [] }
    }
  },
})

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
