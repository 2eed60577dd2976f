import { formatTime } from '../../format.ts'
import { StatusBadge } from '../../ui/badge.tsx'
import { serviceOf } from './event-text.ts'
import type { Flow } from './flows.ts'
import { serviceClass } from './service-mark.tsx'

/** The most recent flows; each shows its events as dots in the colors of their services. */
export const FlowList = ({
  flows,
  selected,
  onSelect,
}: {
  readonly flows: readonly Flow[]
  readonly selected: string | undefined
  readonly onSelect: (key: string) => void
}) => (
  <ul className="flow-list" role="list">
    {flows.slice(0, shownFlows).map((flow) => (
      <li key={flow.key}>
        <button
          type="button"
          className="flow-item"
          aria-current={flow.key === selected || undefined}
          onClick={() => onSelect(flow.key)}
        >
          <span className="flow-item-row">
            <span className="flow-item-title">{flow.title}</span>
            <span className="soft small number">{formatTime(flow.startedAt)}</span>
          </span>
          <span className="flow-item-row">
            <Dots flow={flow} />
            {flow.status && <StatusBadge status={flow.status} />}
          </span>
        </button>
      </li>
    ))}
  </ul>
)

const shownFlows = 50
const shownDots = 10

const Dots = ({ flow }: { readonly flow: Flow }) => (
  <svg
    className="flow-dots"
    width={shownDots * 9}
    height="10"
    viewBox={`0 0 ${shownDots * 9} 10`}
    preserveAspectRatio="xMinYMid"
    aria-hidden="true"
  >
    {flow.events.slice(-shownDots).map((event, index) => (
      <circle key={event.id} className={serviceClass(serviceOf(event))} cx={4 + index * 9} cy="5" r="3.2" />
    ))}
  </svg>
)
