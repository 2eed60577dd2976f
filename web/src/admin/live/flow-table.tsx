import { formatTime } from '../../format.ts'
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
  <div className="table-frame" role="region" aria-label="Events" tabIndex={0}>
    <table className="flow-table">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Event</th>
          <th scope="col">Service</th>
          <th scope="col">Content</th>
          <th scope="col">Caused by</th>
          <th scope="col" className="number">
            After
          </th>
        </tr>
      </thead>
      <tbody>
        {graph.nodes.map(({ event, cause, sinceCauseMs }) => (
          <tr key={event.id}>
            <td>{formatTime(event.time)}</td>
            <td>
              <button
                type="button"
                className="flow-table-event"
                aria-pressed={event.id === selected}
                onClick={() => onSelect(event.id)}
              >
                {event.type}
              </button>
            </td>
            <td>
              <ServiceMark service={serviceOf(event)} />
            </td>
            <td className="flow-table-content">{summaryOf(event)}</td>
            <td>{cause === 'request' ? 'a request' : event.causationId.split('/')[0]}</td>
            <td className="number">{sinceCauseMs === undefined ? '' : formatElapsed(sinceCauseMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
