import type { AdminOrder } from '../../api/types.ts'
import { useSession } from '../../app-context.tsx'
import { formatDate, formatTime } from '../../format.ts'
import { causeText, eventDetail, eventText } from './order-text.ts'

/** The audit trail, newest first: what happened, why, and who requested it. */
export function OrderTrail({ trail }: { readonly trail: AdminOrder['trail'] }) {
  const session = useSession()
  const ownId = session.kind === 'signed-in' ? session.user.userId : undefined
  const events = trail.toReversed()
  return (
    <ol role="list" className="trail">
      {events.map((event, index) => {
        const detail = eventDetail(event)
        const before = events[index - 1]
        const isSameDay = before !== undefined && formatDate(before.time) === formatDate(event.time)
        return (
          <li key={event.id} className={event.source === 'orders.app' ? 'trail-own' : ''}>
            <div className="trail-line">
              <strong>{eventText(event)}</strong>
              <time dateTime={event.time} title={event.time} className="soft small number">
                {`${isSameDay ? '' : `${formatDate(event.time)}, `}${formatTime(event.time)}`}
              </time>
            </div>
            <p className="soft small">{`${event.source.replace('.app', '')} · ${causeText(event, ownId)}`}</p>
            {detail && <p className="trail-detail">{detail}</p>}
          </li>
        )
      })}
    </ol>
  )
}
