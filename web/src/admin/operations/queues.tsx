import { formatCount, plural } from '../../format.ts'
import { Badge } from '../../ui/badge.tsx'
import { DataTable } from '../data-table.tsx'
import { hasMessages, type Consumer } from './health.ts'
import { QuietList } from './quiet-list.tsx'

/** What waits for each consumer, and what it could not handle; those without messages on request. Scheduled work has no queue. */
export function Queues({ consumers }: { readonly consumers: readonly Consumer[] }) {
  const busy = consumers.filter(hasMessages)
  const idle = consumers.filter((consumer) => !hasMessages(consumer))
  return (
    <section className="stack" aria-labelledby="queues">
      <div>
        <h2 id="queues">Queues</h2>
        <p className="soft small">Approximate numbers of messages, as SQS counts them.</p>
      </div>
      {busy.length > 0 && (
        <DataTable
          label="Messages of each consumer"
          keyOf={({ name }) => name}
          rows={busy}
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
      )}
      <QuietList summary={`${plural(idle.length, 'consumer has', 'consumers have')} no messages`} items={idle} />
    </section>
  )
}

/** Nothing is quieter than something. */
const count = (value: number | undefined) => (value ? <strong>{formatCount(value)}</strong> : value)
