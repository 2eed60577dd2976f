import { formatTime } from '../../format.ts'
import { DataTable } from '../data-table.tsx'
import { formatElapsed, serviceOf, summaryOf } from './event-text.ts'
import type { FlowGraph } from './flow-graph.ts'
import { ServiceMark } from './service-mark.tsx'

/** What the diagram shows, as a table. */
export const FlowTable = ({
  graph,
  selected,
  onSelect,
}: {
  readonly graph: FlowGraph
  readonly selected: string | undefined
  readonly onSelect: (eventId: string) => void
}) => (
  <DataTable
    label="Events"
    rows={graph.nodes}
    keyOf={({ event }) => event.id}
    columns={[
      {
        label: 'Event',
        cell: ({ event }) => (
          <button
            type="button"
            className="flow-table-event"
            aria-pressed={event.id === selected}
            onClick={() => onSelect(event.id)}
          >
            {event.type}
          </button>
        ),
      },
      { label: 'Time', cell: ({ event }) => formatTime(event.time) },
      { label: 'Service', cell: ({ event }) => <ServiceMark service={serviceOf(event)} /> },
      { label: 'Content', cell: ({ event }) => <span className="two-lines">{summaryOf(event)}</span> },
      {
        label: 'Caused by',
        cell: ({ event, cause }) => (cause === 'request' ? 'a request' : event.causationId.split('/')[0]),
      },
      {
        label: 'After',
        isNumber: true,
        cell: ({ sinceCauseMs }) => (sinceCauseMs === undefined ? '' : formatElapsed(sinceCauseMs)),
      },
    ]}
  />
)
