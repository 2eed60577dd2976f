import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import type { LogEvent, LogTable } from '../log-table.ts'
import { groupResource, limitOf, positionAt, positionOf, requireGroup, timeOf, tokenOf } from './input.ts'

const largestPage = 10_000

/** Events of one stream, from its end or its beginning, with tokens that lead both ways. */
export function getLogEvents(table: LogTable): Operation {
  return {
    access: (input) => [
      {
        action: 'logs:GetLogEvents',
        resource: groupResource(input).replace(/\*$/, `log-stream:${String(input.logStreamName)}`),
      },
    ],
    handle(input) {
      const group = requireGroup(table, input)
      const stream: string = input.logStreamName
      if (!table.streams(group.name).some((each) => each.name === stream)) {
        throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
      }
      const limit = limitOf(input, largestPage)
      const startMs = timeOf(input.startTime, 0)
      const endMs = timeOf(input.endTime, Number.MAX_SAFE_INTEGER)
      const token: string | undefined = input.nextToken
      const forward = token ? token.startsWith('f/') : input.startFromHead === true
      const from = token ? positionOf(token) : forward ? { timestampMs: startMs, id: 0 } : { timestampMs: endMs, id: 0 }
      const events = forward
        ? table.eventsAfter(group.name, { stream, after: from, endMs, limit })
        : table.eventsBefore(group.name, { stream, before: from, startMs, limit })
      // A client knows the end by being answered the token that it gave.
      const first = events[0] ? positionAt(events[0]) : from
      const last = events.length > 0 ? positionAt(events.at(-1)!) : from
      return {
        events: events.map(describe),
        nextForwardToken: `f/${tokenOf(last)}`,
        nextBackwardToken: `b/${tokenOf(first)}`,
      }
    },
  }
}

const describe = (event: LogEvent) => ({
  timestamp: event.timestamp_ms,
  message: event.message,
  ingestionTime: event.ingested_ms,
})
