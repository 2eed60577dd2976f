import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import type { LogEvent, LogTable } from '../log-table.ts'
import { groupResource, limitOf, positionAt, positionOf, requireGroup, timeOf, tokenOf } from './input.ts'

const maxPageSize = 10_000

/** Returns the events of one stream, from its end or its start, with tokens for both directions. */
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
      const limit = limitOf(input, maxPageSize)
      const startMs = timeOf(input.startTime, 0)
      const endMs = timeOf(input.endTime, Number.MAX_SAFE_INTEGER)
      const token: string | undefined = input.nextToken
      const forward = token ? token.startsWith('f/') : input.startFromHead === true
      const from = token ? positionOf(token) : forward ? { timestampMs: startMs, id: 0 } : { timestampMs: endMs, id: 0 }
      const events = forward
        ? table.eventsAfter(group.name, { stream, after: from, endMs, limit })
        : table.eventsBefore(group.name, { stream, before: from, startMs, limit })
      // At the end of the stream, the client gets back the token that it sent.
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
