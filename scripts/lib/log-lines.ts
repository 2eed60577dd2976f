import { setTimeout } from 'node:timers/promises'
import {
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import { itemsIn } from './pages.ts'

/** A line that a function logged. */
export interface LogLine {
  /** Unique within its group. */
  readonly id: string
  readonly timestampMs: number
  readonly group: string
  readonly message: string
}

/** The levels of log lines, the least serious first. */
export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'] as const
export type LogLevel = (typeof logLevels)[number]

/** The format of a correlation id; other characters would require escaping in the filter. */
export const correlationIdPattern = /^[\w.:=-]{1,128}$/

export interface LogQuery {
  /** The prefix of the names of a stage's functions: other log groups of the account are not searched. */
  readonly prefix: string
  /** Only the functions of one service. */
  readonly service?: string | undefined
  readonly correlationId?: string | undefined
  /** The least serious level. */
  readonly level?: LogLevel | undefined
  /** Milliseconds since the epoch. */
  readonly startTime: number
}

/** "5 requests per second per account per Region" (CloudWatch Logs quotas, FilterLogEvents); the client retries the rest. */
const groupsAtOnce = 5

/** The log groups of the functions that a query is about. */
export async function logGroupsOf(
  client: CloudWatchLogsClient,
  { prefix, service }: Pick<LogQuery, 'prefix' | 'service'>,
): Promise<string[]> {
  const logGroupNamePrefix = logGroupOf(`${prefix}-${service === undefined ? '' : `${service}-`}`)
  const pages = paginateDescribeLogGroups({ client }, { logGroupNamePrefix })
  return (await itemsIn(pages, ({ logGroups }) => logGroups)).map(({ logGroupName }) => logGroupName!)
}

/** Every log line of a stage's functions that the query matches, by time. */
export async function linesOf(
  client: CloudWatchLogsClient,
  query: LogQuery,
  groups?: readonly string[],
): Promise<LogLine[]> {
  const remaining = [...(groups ?? (await logGroupsOf(client, query)))]
  const found: LogLine[] = []
  const worker = async () => {
    for (let group = remaining.shift(); group !== undefined; group = remaining.shift()) {
      found.push(...(await linesOfGroup(client, group, query)))
    }
  }
  await Promise.all(Array.from({ length: groupsAtOnce }, worker))
  return found.toSorted((a, b) => a.timestampMs - b.timestampMs)
}

/** Lines of the functions' own, which have a level; Lambda's lines about an invocation have none. */
export function filterPatternOf({ correlationId, level }: Pick<LogQuery, 'correlationId' | 'level'>): string {
  const levels = logLevels.slice(level === undefined ? 0 : logLevels.indexOf(level))
  const conditions = [
    ...(correlationId === undefined ? [] : [`$.correlation_id = "${correlationId}"`]),
    `(${levels.map((each) => `$.level = "${each}"`).join(' || ')})`,
  ]
  return `{ ${conditions.join(' && ')} }`
}

async function linesOfGroup(client: CloudWatchLogsClient, group: string, query: LogQuery): Promise<LogLine[]> {
  const request = { logGroupName: group, filterPattern: filterPatternOf(query), startTime: query.startTime }
  const lines = await itemsIn(paginateFilterLogEvents({ client }, request), ({ events }) => events)
  return lines.map(({ eventId, timestamp, message }) => ({
    id: eventId!,
    timestampMs: timestamp!,
    group,
    message: message!,
  }))
}

/** A line may be stored some time after its timestamp, so each round looks back this far; lines are printed once. */
const lookBackMs = 15_000
const pauseMs = 1000

/** Calls `print` with each line as it is stored, until the signal is aborted. */
export async function followLines(
  client: CloudWatchLogsClient,
  query: LogQuery,
  print: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const groups = await logGroupsOf(client, query)
  let seen = new Map<string, number>()
  let newestMs = query.startTime
  while (!signal.aborted) {
    const startTime = Math.max(query.startTime, newestMs - lookBackMs)
    for (const line of await linesOf(client, { ...query, startTime }, groups)) {
      const key = `${line.group} ${line.id}`
      if (seen.has(key)) continue
      seen.set(key, line.timestampMs)
      newestMs = Math.max(newestMs, line.timestampMs)
      print(line)
    }
    seen = new Map([...seen].filter(([, timestampMs]) => timestampMs >= newestMs - lookBackMs))
    await setTimeout(pauseMs, undefined, { signal }).catch(() => {})
  }
}

/**
 * `13:04:05.120  cartwheel-dev-orders-place-order  INFO  POST /orders  status=201`, and the first line of the stack trace of
 * an error. @param startedAtMs shows `+12 ms` since then, instead of the time of day
 */
export function readableLine({ timestampMs, group, message }: LogLine, startedAtMs?: number): string {
  const {
    level,
    message: text,
    error,
    operation,
    status,
    event_id: eventId,
    event_ids: eventIds = eventId,
    outcome,
    duration_ms: durationMs,
  } = JSON.parse(message)
  const details = Object.entries({ operation, status, event: eventIds, outcome, ms: durationMs }).filter(
    ([, value]) => value !== undefined,
  )
  const time =
    startedAtMs === undefined
      ? new Date(timestampMs).toISOString().slice(11, 23)
      : `+${timestampMs - startedAtMs} ms`.padStart(9)
  const columns = [
    time,
    group.slice(group.lastIndexOf('/') + 1).padEnd(42),
    String(level).padEnd(5),
    error?.name ? `${text}: ${error.name}: ${error.message}` : text,
  ]
  return [...columns, ...details.map(([key, value]) => `${key}=${value}`), ...placeOf(error)].join('  ')
}

/** Where an error was thrown, in the code of this project. */
function placeOf(error: { stack?: unknown } | undefined): string[] {
  const lines = [error?.stack].flat().map(String)
  const place = lines.flatMap((line) => line.split('\n')).find((line) => /^\s*at /.test(line) && !/node:/.test(line))
  return place === undefined ? [] : [place.trim()]
}
