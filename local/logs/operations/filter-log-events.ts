import type { Operation } from '../../wire/service.ts'
import { parseFilterPattern } from '../filter-pattern.ts'
import type { LogTable, Position } from '../log-table.ts'
import {
  groupResource,
  invalidParameter,
  limitOf,
  positionAt,
  positionOf,
  requireGroup,
  timeOf,
  tokenOf,
} from './input.ts'

const maxPageSize = 10_000
const batchSize = 1000

/** Returns the events of a group that match a pattern, oldest first. */
export function filterLogEvents(table: LogTable): Operation {
  return {
    access: (input) => [{ action: 'logs:FilterLogEvents', resource: groupResource(input) }],
    handle(input) {
      const group = requireGroup(table, input)
      const limit = limitOf(input, maxPageSize)
      const matches = parseFilterPattern(input.filterPattern ?? '')
      const matchesStream = streamFilter(input)
      const endMs = timeOf(input.endTime, Number.MAX_SAFE_INTEGER)
      let after: Position = input.nextToken
        ? positionOf(input.nextToken)
        : { timestampMs: timeOf(input.startTime, 0), id: 0 }
      const events = []
      for (;;) {
        const page = table.eventsAfter(group.name, { after, endMs, limit: batchSize })
        for (const event of page) {
          after = positionAt(event)
          if (!matchesStream(event.stream) || !matches(event.message)) continue
          events.push({
            logStreamName: event.stream,
            timestamp: event.timestamp_ms,
            message: event.message,
            ingestionTime: event.ingested_ms,
            eventId: String(event.id),
          })
          if (events.length === limit) return { events, searchedLogStreams: [], nextToken: tokenOf(after) }
        }
        if (page.length < batchSize) return { events, searchedLogStreams: [] }
      }
    },
  }
}

function streamFilter(input: { logStreamNames?: string[]; logStreamNamePrefix?: string }): (stream: string) => boolean {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input
  if (names && prefix) throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive.')
  if (names) return (stream) => names.includes(stream)
  return prefix ? (stream) => stream.startsWith(prefix) : () => true
}
