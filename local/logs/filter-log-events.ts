import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { parseFilterPattern } from './filter-pattern.ts'
import type { LogEvent, LogTable, Position } from './log-table.ts'

const maxPageSize = 10_000
const batchSize = 1000

/** Returns the events of a group that match a pattern, oldest first. */
export function filterLogEvents(table: LogTable): Operation<Record<string, any>> {
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
