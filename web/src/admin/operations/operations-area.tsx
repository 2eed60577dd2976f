import { useQuery } from '@tanstack/react-query'
import { use } from 'react'
import { bodyOf } from '../../api/client.ts'
import type { Operations } from '../../api/types.ts'
import { useApi, useApp } from '../../app-context.tsx'
import { formatTime, plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Failed, Loading, Notice } from '../../ui/states.tsx'
import { Alarms } from './alarms.tsx'
import { consumersOf, healthOf, type Health } from './health.ts'
import { Queues } from './queues.tsx'
import './operations.css'

/** Whether everything works, at a glance: raised alarms and dead letters first, then the queues. */
export default function OperationsArea() {
  const api = useApi()
  const operations = useQuery({
    queryKey: ['operations'],
    queryFn: () => bodyOf(api.GET('/admin/operations')),
    refetchInterval: 10_000,
  })
  return (
    <Page
      title="Operations"
      site="Back office"
      actions={
        <>
          {operations.data && (
            <span className="soft small number">
              Updated {formatTime(new Date(operations.dataUpdatedAt).toISOString())}
            </span>
          )}
          <Button isPending={operations.isFetching} onClick={() => void operations.refetch()}>
            Refresh
          </Button>
        </>
      }
    >
      {operations.isPending && <Loading label="Loading queues and alarms" lines={6} />}
      {operations.isError && <Failed error={operations.error} onRetry={() => void operations.refetch()} />}
      {operations.data && <Overview operations={operations.data} />}
    </Page>
  )
}

function Overview({ operations }: { readonly operations: Operations }) {
  const { stage } = use(useApp().config())
  const consumers = consumersOf(operations.queues, stage)
  const health = healthOf(operations, consumers)
  return (
    <>
      <Summary health={health} />
      <Alarms alarms={operations.alarms} raised={health.raised} stage={stage} />
      <Queues consumers={consumers} />
    </>
  )
}

function Summary({ health: { raised, unknown, deadLetters } }: { readonly health: Health }) {
  if (raised.length === 0 && deadLetters === 0) {
    return (
      <Notice look="success" title="All quiet">
        <p>
          No alarm is raised, and every dead-letter queue is empty.
          {unknown > 0 && ` ${plural(unknown, 'alarm')} ${unknown === 1 ? 'has' : 'have'} no data yet.`}
        </p>
      </Notice>
    )
  }
  const problems = [
    ...(raised.length > 0 ? [plural(raised.length, 'raised alarm')] : []),
    ...(deadLetters > 0
      ? [plural(deadLetters, 'message in dead-letter queues', 'messages in dead-letter queues')]
      : []),
  ]
  return (
    <Notice look="danger" title={`Needs attention: ${problems.join(', ')}`}>
      {deadLetters > 0 && (
        <p>
          Look at the messages with <code>npm run ops -- dlq list</code>, and handle them again once the cause is
          corrected.
        </p>
      )}
    </Notice>
  )
}
