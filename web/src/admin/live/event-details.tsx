import { useEffect, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatTime } from '../../format.ts'
import { formatElapsed, serviceOf } from './event-text.ts'
import type { FlowGraph, FlowNode } from './flow-graph.ts'
import { jsonTokens } from './json-tokens.ts'
import { serviceClass, ServiceMark } from './service-mark.tsx'
import './event-details.css'

/** One event: when, by which service, because of what, what followed, and its data. */
export function EventDetails({
  node,
  graph,
  onSelect,
  onClose,
}: {
  readonly node: FlowNode
  readonly graph: FlowGraph
  readonly onSelect: (eventId: string) => void
  readonly onClose: () => void
}) {
  const { event, cause, sinceCauseMs } = node
  const heading = useRef<HTMLHeadingElement>(null)
  // Keyboard users continue here; Escape goes back.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [event.id])
  const effects = graph.edges.filter(({ from }) => from === node).map(({ to }) => to)
  return (
    <section
      className={`event-details ${serviceClass(serviceOf(event))}`}
      aria-labelledby="event-heading"
      onKeyDown={(pressed) => pressed.key === 'Escape' && onClose()}
    >
      <header className="event-details-header">
        <h3 id="event-heading" ref={heading} tabIndex={-1}>
          {event.type}
        </h3>
        <ServiceMark service={serviceOf(event)} />
        <Button look="quiet" className="event-details-close" onClick={onClose}>
          Close
        </Button>
      </header>
      <dl className="event-facts">
        <dt>Time</dt>
        <dd className="number">{`${formatTime(event.time)}.${event.time.slice(20, 23)}`}</dd>
        <dt>Caused by</dt>
        <dd>
          {cause === 'event' ? (
            <>
              <EventLink id={event.causationId} onSelect={onSelect} />
              <span className="soft small number"> {formatElapsed(sinceCauseMs ?? 0)} earlier</span>
            </>
          ) : (
            <>
              {cause === 'request' ? 'Request ' : ''}
              <code>{event.causationId}</code>
            </>
          )}
        </dd>
        <dt>Effects</dt>
        <dd>
          {effects.length === 0 && <span className="soft">No event</span>}
          {effects.map(({ event: effect }) => (
            <EventLink key={effect.id} id={effect.id} onSelect={onSelect} />
          ))}
        </dd>
        <dt>Event id</dt>
        <dd>
          <code>{event.id}</code>
        </dd>
        <dt>Correlation</dt>
        <dd>
          <code>{event.correlationId}</code>
        </dd>
      </dl>
      <pre className="event-data" tabIndex={0} role="region" aria-label="Data of the event">
        {jsonTokens(event.data).map(({ text, look }, index) =>
          look === 'mark' ? (
            text
          ) : (
            <span key={index} className={`json-${look}`}>
              {text}
            </span>
          ),
        )}
      </pre>
    </section>
  )
}

const EventLink = ({ id, onSelect }: { readonly id: string; readonly onSelect: (eventId: string) => void }) => (
  <button type="button" className="event-link" onClick={() => onSelect(id)}>
    {id.split('/')[0]}
  </button>
)
