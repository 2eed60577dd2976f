import {
  FilterLogEventsCommand,
  paginateDescribeLogGroups,
  type CloudWatchLogsClient,
  type FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'

/** A line that a function logged. */
export interface LogLine {
  readonly timestampMs: number
  readonly group: string
  readonly message: string
}

/** The format of a correlation id; other characters would require escaping in the filter. */
export const correlationIdPattern = /^[\w.:=-]{1,128}$/

/**
 * Every log line of a stage's functions with this correlation id since `startTime` (ms since the epoch), by time.
 * @param prefix of the stage: other log groups of the account are not searched
 */
export async function linesOf(
  client: CloudWatchLogsClient,
  { prefix, id, startTime }: { prefix: string; id: string; startTime: number },
): Promise<LogLine[]> {
  const groups: string[] = []
  const logGroupNamePrefix = logGroupOf(`${prefix}-`)
  for await (const page of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    for (const group of page.logGroups ?? []) groups.push(group.logGroupName!)
  }
  const found = await Promise.all(groups.map((group) => linesOfGroup(client, group, id, startTime)))
  return found.flat().toSorted((a, b) => a.timestampMs - b.timestampMs)
}

async function linesOfGroup(
  client: CloudWatchLogsClient,
  group: string,
  id: string,
  startTime: number,
): Promise<LogLine[]> {
  const events: FilteredLogEvent[] = []
  let nextToken: string | undefined
  do {
    const page = await client.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: `{ $.correlation_id = "${id}" }`,
        startTime,
        nextToken,
      }),
    )
    events.push(...(page.events ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  return events.map((event) => ({ timestampMs: event.timestamp!, group, message: event.message! }))
}

/** `+12 ms  cartwheel-dev-orders-place-order  INFO  POST /orders  status=201` */
export function readableLine({ timestampMs, group, message }: LogLine, startedAtMs: number): string {
  const {
    level,
    message: text,
    error,
    operation,
    status,
    event_id: eventId,
    outcome,
    duration_ms: durationMs,
  } = JSON.parse(message)
  const details = Object.entries({ operation, status, event: eventId, outcome, ms: durationMs }).filter(
    ([, value]) => value !== undefined,
  )
  const columns = [
    `+${timestampMs - startedAtMs} ms`.padStart(9),
    group.slice(group.lastIndexOf('/') + 1).padEnd(42),
    String(level).padEnd(5),
    error?.name ? `${text}: ${error.name}: ${error.message}` : text,
  ]
  return [...columns, ...details.map(([key, value]) => `${key}=${value}`)].join('  ')
}
