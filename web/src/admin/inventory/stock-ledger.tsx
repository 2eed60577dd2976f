import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useQueryClient } from '@tanstack/react-query'
import { bodyOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import type { Movement, Stock } from '../../api/types.ts'
import { useApi, useSession } from '../../app-context.tsx'
import { formatCount, formatDateTime, signed } from '../../format.ts'
import { DataTable } from '../data-table.tsx'
import { shortId } from '../live/flows.ts'
import { PagedList } from '../paged-list.tsx'
import { usePages, type ListPage } from '../use-pages.ts'
import { addsUp, ledgerOf, movementText } from './ledger.ts'

/** A movement is recorded by an event of the change. */
const recordingMs = 1_500

/** The ledger of a SKU: why its stock is what it is. */
export function StockLedger({ stock }: { readonly stock: Stock }) {
  const api = useApi()
  const queries = useQueryClient()
  const { sku } = stock
  const movements = usePages({
    queryKey: ['stock', 'movements', sku],
    load: (cursor) =>
      pageOf(
        bodyOf(
          api.GET('/admin/inventory/{sku}/movements', {
            params: { path: { sku }, query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
          }),
        ),
      ),
    minimum: 1,
  })
  const { items, hasMore } = movements
  const isWhole = items !== undefined && !hasMore
  const isRecording = isWhole && !addsUp(stock, items)
  const pieces = `${stock.available} ${stock.reserved} ${stock.shipped}`
  const shown = useRef(pieces)
  useEffect(() => {
    // Without the first movements it is not known whether the last one is there: it is read once more.
    if (!isRecording && shown.current === pieces) return
    shown.current = pieces
    const timer = setInterval(() => {
      if (!isRecording) clearInterval(timer)
      void queries.invalidateQueries({ queryKey: ['stock', 'movements', sku] })
    }, recordingMs)
    return () => clearInterval(timer)
  }, [isRecording, pieces, sku, queries])
  return (
    <section className="stack">
      <div className="card-header">
        <h2>Ledger</h2>
        {isWhole && (isRecording || items.length > 0) && (
          <p className="soft small" role="status">
            {isRecording ? 'The latest movement is being recorded …' : 'All movements add up to the stock.'}
          </p>
        )}
      </div>
      <PagedList
        pages={movements}
        noun="movement"
        empty={!isRecording && <p className="card soft">No movement yet.</p>}
      >
        {(found) => (
          <DataTable
            label="Ledger, newest first"
            keyOf={({ movement }) => String(movement.version)}
            rows={ledgerOf(stock, found, isWhole)}
            columns={[
              { label: 'Movement', cell: ({ movement }) => <MovementCell movement={movement} /> },
              { label: 'Available', isNumber: true, cell: ({ movement }) => signed(movement.available) },
              { label: 'Reserved', isNumber: true, cell: ({ movement }) => signed(movement.reserved) },
              { label: 'Shipped', isNumber: true, cell: ({ movement }) => signed(movement.shipped) },
              {
                label: 'Available then',
                isNumber: true,
                cell: ({ after }) => <strong>{formatCount(after.available)}</strong>,
              },
            ]}
          />
        )}
      </PagedList>
    </section>
  )
}

function MovementCell({ movement }: { readonly movement: Movement }) {
  const session = useSession()
  const { type, reason, actor, orderIds, time } = movement
  const isOwn = session.kind === 'signed-in' && session.user.userId === actor
  return (
    <span className="two-lines">
      <span>{movementText(movement)}</span>
      {reason !== type && <span className="small movement-reason">{`“${reason}”`}</span>}
      <span className="soft small">
        {formatDateTime(time)}
        {actor !== undefined && (isOwn ? ' · by you' : ` · by ${actor.slice(0, 8)}`)}
      </span>
      {orderIds.length > 0 && (
        <span className="soft small">
          {'for '}
          {orderIds.map((orderId, index) => (
            <span key={orderId}>
              {index > 0 && ', '}
              <Link href={`~/admin/orders/${orderId}`} className="movement-order">{`order ${shortId(orderId)}`}</Link>
            </span>
          ))}
        </span>
      )}
    </span>
  )
}

/** A SKU that was never stocked has no ledger. */
async function pageOf(page: Promise<ListPage<Movement>>): Promise<ListPage<Movement>> {
  try {
    return await page
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'not-found') return { items: [] }
    throw error
  }
}
