import type { WireResponse } from '../wire/service.ts'
import { foldable, timelineLinks } from './content.ts'
import { page, searchForm, table } from './frame.ts'
import { counted, html, time } from './html.ts'
import type { Journal } from './journal.ts'

const shownEvents = 200

/** The last events of every bus whose detail-type and source contain the parameters `type` and `source`, newest first. */
export function eventsPage(journal: Journal, query: URLSearchParams, nowMs: number): WireResponse {
  const type = query.get('type') ?? ''
  const source = query.get('source') ?? ''
  const events = journal.events
    .filter(({ event }) => contains(event['detail-type'], type) && contains(event.source, source))
    .slice(-shownEvents)
    .toReversed()
  const rows = events.map(({ atMs, busName, event }) => {
    const { 'detail-type': detailType, detail } = event
    const shown = html`${foldable(detailType, detail)}${timelineLinks(JSON.stringify(detail))}`
    return [time(atMs, nowMs, { milliseconds: true }), shown, event.source, busName]
  })
  const fields = [
    { name: 'type', label: 'Detail type contains', value: type },
    { name: 'source', label: 'Source contains', value: source },
  ]
  const isFiltered = type !== '' || source !== ''
  const empty = isFiltered ? 'No events match.' : 'No events since the start.'
  const body = html`<h1>Events</h1>
    ${searchForm(fields)}
    <p class="muted" role="status">${counted(events.length, 'event')} since the start of the system, newest first</p>
    ${table(['Time', 'Event', 'Source', 'Bus'], rows, empty)}`
  return page({ title: 'Events', current: '/events', body })
}

const contains = (text: string, part: string) => text.toLowerCase().includes(part.trim().toLowerCase())
