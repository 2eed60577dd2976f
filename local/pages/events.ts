import type { BusEvent } from '../events/event.ts'
import type { LocalLine } from '../system/line.ts'
import type { WireResponse } from '../wire/service.ts'
import { page, searchForm, table } from './frame.ts'
import { counted, foldable, html, time, timelineLinks } from './html.ts'

interface PublishedEvent {
  readonly atMs: number
  readonly busName: string
  readonly event: BusEvent
}

/** The page shows only the newest of the events that the journal keeps. */
const keptEvents = 500
const shownEvents = 200

/** The last lines of the terminal and the last events of all buses, in memory only, oldest first. */
export class Journal {
  readonly lines: LocalLine[] = []
  readonly events: PublishedEvent[] = []

  addLine(line: LocalLine): void {
    if (this.lines.push(line) > 2000) this.lines.shift()
  }

  addEvent(event: PublishedEvent): void {
    if (this.events.push(event) > keptEvents) this.events.shift()
  }
}

/** The last events of every bus whose detail-type and source contain the parameters `type` and `source`, newest first. */
export function eventsPage(journal: Journal, query: URLSearchParams, nowMs: number): WireResponse {
  const type = query.get('type') ?? ''
  const source = query.get('source') ?? ''
  const events = journal.events.filter(
    ({ event }) => contains(event['detail-type'], type) && contains(event.source, source),
  )
  const newest = events.slice(-shownEvents).toReversed()
  const rows = newest.map(({ atMs, busName, event }) => [
    time(atMs, nowMs, { milliseconds: true }),
    html`${foldable(event['detail-type'], event.detail)}${timelineLinks(JSON.stringify(event.detail))}`,
    event.source,
    busName,
  ])
  const shown = events.length > newest.length && `, the newest ${newest.length} shown`
  const empty = type || source ? 'No events match.' : 'No events since the start.'
  const body = html`${searchForm([
      { name: 'type', label: 'Detail type contains', value: type },
      { name: 'source', label: 'Source contains', value: source },
    ])}
    <p class="muted" role="status">${counted(events.length, 'event')} ${span(journal)}${shown}, newest first</p>
    ${table(['Time', 'Event', 'Source', 'Bus'], rows, empty)}`
  return page({ title: 'Events', current: '/events', body })
}

/** Which events the pages know. */
export const span = ({ events }: Journal): string =>
  events.length < keptEvents ? 'since the start' : `of the last ${keptEvents}`

const contains = (text: string, part: string) => text.toLowerCase().includes(part.trim().toLowerCase())
