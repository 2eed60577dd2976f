import { formatDate, formatDateTime, formatTime } from '../../format.ts'
import type { Step } from './order-progress.ts'
import './order-timeline.css'

const said = { done: 'Done: ', failed: '', current: 'Now: ', coming: 'To come: ' } as const satisfies Record<
  Step['state'],
  string
>

/** The day is shown once. */
const timeText = (time: string, previous: string | undefined): string =>
  previous !== undefined && formatDate(previous) === formatDate(time) ? formatTime(time) : formatDateTime(time)

/** What happened to an order, what happens now, and what is to come. */
export const OrderTimeline = ({ steps }: { readonly steps: readonly Step[] }) => (
  <ol role="list">
    {steps.map(({ id, title, text, time, state }, index) => (
      <li
        key={id}
        className={`timeline-step timeline-${state}`}
        aria-current={state === 'current' ? 'step' : undefined}
      >
        <svg viewBox="0 0 24 24" className="timeline-mark" aria-hidden="true">
          <circle cx="12" cy="12" r="10" />
          {state === 'done' && <path d="m7.4 12.4 3.1 3.1 6.2-6.8" />}
          {state === 'failed' && <path d="m8.5 8.5 7 7m0-7-7 7" />}
        </svg>
        <div>
          <p className="timeline-title">
            <span className="visually-hidden">{said[state]}</span>
            {title}
          </p>
          {text && <p className="soft small">{text}</p>}
        </div>
        {time && (
          <time dateTime={time} className="soft small number timeline-time">
            {timeText(time, steps[index - 1]?.time)}
          </time>
        )}
      </li>
    ))}
  </ol>
)
