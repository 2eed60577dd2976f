import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { explain } from '../../api/failure.ts'
import { plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty, Failed, Loading } from '../../ui/states.tsx'
import { FlowList } from './flow-list.tsx'
import { flowsOf, shortId } from './flows.ts'
import { FlowView, type Look } from './flow-view.tsx'
import './live.css'
import { useEventLog } from './use-event-log.ts'

/** The events of the bus as they happen, grouped by order. Without a selection it shows the newest order. */
export default function LiveArea() {
  const [isPaused, setIsPaused] = useState(false)
  const log = useEventLog({ isPaused })
  const [search, setSearch] = useSearchParams()
  const set = (values: Readonly<Record<string, string | undefined>>) =>
    setSearch((before) => {
      const next = new URLSearchParams(before)
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined) next.delete(name)
        else next.set(name, value)
      }
      return next
    })

  const flows = useMemo(() => flowsOf(log.data?.events ?? []), [log.data?.events])
  const showsAll = search.get('show') === 'all'
  const listed = showsAll ? flows : flows.filter(({ isOrder }) => isOrder)
  const chosen = search.get('order') ?? undefined
  const flow = chosen === undefined ? listed[0] : flows.find(({ key }) => key === chosen)

  return (
    <Page
      title="Live"
      site="Back office"
      actions={
        <>
          {!log.isPending && <LiveMark isPaused={isPaused} isFailing={log.isError} />}
          {log.data && <span className="soft small number">{plural(log.data.events.length, 'event')}</span>}
          <Button onClick={() => setIsPaused(!isPaused)}>{isPaused ? 'Resume' : 'Pause'}</Button>
        </>
      }
    >
      {log.isPending && <Loading label="Loading the events" lines={6} />}
      {log.isError && !log.data && <Failed error={log.error} onRetry={() => void log.refetch()} />}
      {log.isError && log.data && (
        <p className="live-failure" role="status">
          <span>
            <strong>{explain(log.error).title}.</strong> Trying again by itself.
          </span>
          <Button onClick={() => void log.refetch()}>Try now</Button>
        </p>
      )}
      {log.data && (
        <div className="live">
          <aside className="live-list" aria-label="Recent orders">
            <div className="flow-looks" role="group" aria-label="Show">
              <button type="button" aria-pressed={!showsAll} onClick={() => set({ show: undefined })}>
                Orders
              </button>
              <button type="button" aria-pressed={showsAll} onClick={() => set({ show: 'all' })}>
                Everything
              </button>
            </div>
            <button
              type="button"
              className="flow-follow"
              aria-pressed={chosen === undefined}
              onClick={() => set({ order: undefined, event: undefined })}
            >
              Follow the newest
            </button>
            <FlowList flows={listed} selected={flow?.key} onSelect={(key) => set({ order: key, event: undefined })} />
          </aside>
          {flow && (
            <FlowView
              flow={flow}
              look={search.get('view') === 'table' ? 'table' : 'diagram'}
              selected={search.get('event') ?? undefined}
              onLook={(look: Look) => set({ view: look === 'table' ? 'table' : undefined })}
              // The event stays what it is while newer orders arrive.
              onSelect={(event) => set({ event, ...(event === undefined ? {} : { order: flow.key }) })}
            />
          )}
          {!flow && chosen !== undefined && (
            <Empty title={`No recent events of ${shortId(chosen)}`}>
              <p className="soft">This page has only the latest events.</p>
              {chosen.startsWith('ord_') && <Link href={`~/admin/orders/${chosen}`}>Open the order</Link>}
            </Empty>
          )}
          {!flow && chosen === undefined && (
            <Empty title="No orders yet">
              <p className="soft">Place an order in the shop, and watch it here on its way through the services.</p>
              <a className="button button-primary" href="/" target="_blank">
                Open the shop
              </a>
            </Empty>
          )}
        </div>
      )}
    </Page>
  )
}

function LiveMark({ isPaused, isFailing }: { readonly isPaused: boolean; readonly isFailing: boolean }) {
  if (isPaused) return <span className="live-mark is-paused">Paused</span>
  return <span className={`live-mark ${isFailing ? 'is-paused' : ''}`}>{isFailing ? 'Not connected' : 'Live'}</span>
}
