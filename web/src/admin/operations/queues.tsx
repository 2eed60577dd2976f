import { formatCount } from '../../format.ts'
import { Badge } from '../../ui/badge.tsx'
import { DataTable } from '../data-table.tsx'
import type { Consumer } from './health.ts'

/** What waits for each consumer, and what it could not handle. Scheduled work has no queue. */
export const Queues = ({ consumers }: { readonly consumers: readonly Consumer[] }) => (
  <section className="stack" aria-labelledby="queues">
    <div>
      <h2 id="queues">Queues</h2>
      <p className="soft small">Approximate numbers of messages, as SQS counts them.</p>
    </div>
    <DataTable
      label="Messages of each consumer"
      keyOf={({ name }) => name}
      rows={consumers}
      columns={[
        { label: 'Consumer', cell: ({ name }) => <strong>{name}</strong> },
        { label: 'Waiting', isNumber: true, cell: ({ queue }) => count(queue?.waiting) },
        { label: 'In progress', isNumber: true, cell: ({ queue }) => count(queue?.inFlight) },
        { label: 'Delayed', isNumber: true, cell: ({ queue }) => count(queue?.delayed) },
        {
          label: 'Dead letters',
          isNumber: true,
          cell: ({ deadLetters }) =>
            deadLetters > 0 ? <Badge look="danger">{formatCount(deadLetters)}</Badge> : count(deadLetters),
        },
      ]}
    />
  </section>
)

/** Nothing is quieter than something. */
const count = (value: number | undefined) => (value ? <strong>{formatCount(value)}</strong> : value)
