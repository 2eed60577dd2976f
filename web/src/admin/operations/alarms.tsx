import { formatDateTime, plural } from '../../format.ts'
import { Badge } from '../../ui/badge.tsx'
import { problemOf, withoutPrefix, type Alarm } from './health.ts'
import { QuietList } from './quiet-list.tsx'

/** The raised alarms with what to do about them; the others on request. */
export function Alarms({
  alarms,
  raised,
  stage,
}: {
  readonly alarms: readonly Alarm[]
  readonly raised: readonly Alarm[]
  readonly stage: string
}) {
  const others = alarms.filter(({ state }) => state !== 'ALARM')
  return (
    <section className="stack" aria-labelledby="alarms">
      <h2 id="alarms">Alarms</h2>
      {raised.length > 0 && (
        <ul className="raised-alarms" role="list">
          {raised.map((alarm) => (
            <RaisedAlarm key={alarm.name} alarm={alarm} stage={stage} />
          ))}
        </ul>
      )}
      <QuietList
        summary={`${plural(others.length, 'alarm is', 'alarms are')} not raised`}
        items={others.map(({ name, state }) => ({
          name: withoutPrefix(name, stage),
          mark: state === 'OK' ? <Badge look="success">OK</Badge> : <Badge>No data yet</Badge>,
        }))}
      />
    </section>
  )
}

function RaisedAlarm({ alarm, stage }: { readonly alarm: Alarm; readonly stage: string }) {
  const { problem, runbook } = problemOf(alarm)
  return (
    <li className="card raised-alarm">
      <h3>{withoutPrefix(alarm.name, stage)}</h3>
      <p>{problem}</p>
      <p className="soft small">Since {formatDateTime(alarm.since)}</p>
      {runbook && (
        <p className="small">
          What to do: <code>{runbook}</code>
        </p>
      )}
    </li>
  )
}
