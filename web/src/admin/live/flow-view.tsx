import { useMemo } from 'react'
import { Link } from 'wouter'
import { formatDateTime, formatMoney, plural, type Money } from '../../format.ts'
import { StatusBadge, statusText } from '../../ui/badge.tsx'
import { EventDetails } from './event-details.tsx'
import { elapsedBetween, formatElapsed } from './event-text.ts'
import { FlowDiagram } from './flow-diagram.tsx'
import { graphOf } from './flow-graph.ts'
import { FlowTable } from './flow-table.tsx'
import type { Flow } from './flows.ts'

export type Look = 'diagram' | 'table'

/** One flow: its head, its events as a diagram or a table, and the selected event. */
export function FlowView({
  flow,
  look,
  selected,
  onLook,
  onSelect,
}: {
  readonly flow: Flow
  readonly look: Look
  readonly selected: string | undefined
  readonly onLook: (look: Look) => void
  readonly onSelect: (eventId: string | undefined) => void
}) {
  const graph = useMemo(() => graphOf(flow.events), [flow.events])
  const node = graph.nodes.find(({ event }) => event.id === selected)
  const Events = look === 'table' ? FlowTable : FlowDiagram
  return (
    <section className="flow-view" aria-labelledby="flow-heading">
      <header className="flow-header">
        <div className="flow-heading">
          <div className="cluster">
            <h2 id="flow-heading">{flow.title}</h2>
            {flow.status && <StatusBadge status={flow.status} />}
          </div>
          <p className="soft small number">{factsOf(flow)}</p>
        </div>
        {flow.isOrder && <Link href={`~/admin/orders/${flow.key}`}>Open the order</Link>}
        <div className="flow-looks" role="group" aria-label="Show as">
          {(['diagram', 'table'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={look === name} onClick={() => onLook(name)}>
              {name === 'diagram' ? 'Diagram' : 'Table'}
            </button>
          ))}
        </div>
      </header>
      <p className="visually-hidden" aria-live="polite">
        {flow.status && `${flow.title}: ${statusText(flow.status)}`}
      </p>
      <Events key={flow.key} graph={graph} selected={selected} onSelect={onSelect} />
      {node && <EventDetails node={node} graph={graph} onSelect={onSelect} onClose={() => onSelect(undefined)} />}
    </section>
  )
}

function factsOf({ events, startedAt, changedAt }: Flow): string {
  const total = events.find(({ type }) => type === 'OrderPlaced')?.data['total'] as Money | undefined
  return [
    formatDateTime(startedAt),
    ...(total ? [formatMoney(total)] : []),
    plural(events.length, 'event'),
    formatElapsed(elapsedBetween(startedAt, changedAt)),
  ].join(' · ')
}
