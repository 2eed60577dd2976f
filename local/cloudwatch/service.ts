import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Publication } from '../events/event.ts'
import type { State } from '../state/state.ts'
import type { JsonService } from '../wire/service.ts'
import { alarmProviders } from './alarm.ts'
import { AlarmWatch, type AlarmChange, type AlarmStatus } from './alarm-watch.ts'
import { MetricStore } from './metric-store.ts'
import { cloudWatchOperations } from './operations.ts'

interface CloudWatchOptions {
  readonly state: State
  readonly clock: Clock
  /** Puts an event on a bus, within the current transaction. */
  readonly publish: (event: Publication) => unknown
  /** Called after every state change of an alarm. */
  readonly report: (change: AlarmChange) => void
  /** Called when a minute ends, to publish gauges with the time `atMs`, which is within that minute. */
  readonly measure?: (atMs: number) => void
}

/** CloudWatch: metrics and alarms. */
export class CloudWatchService {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  /** Receives the metrics of the services and of log lines. */
  readonly metrics: MetricStore
  readonly #watch: AlarmWatch

  constructor({ state, clock, publish, report, measure }: CloudWatchOptions) {
    this.metrics = new MetricStore({ state, clock })
    this.#watch = new AlarmWatch({
      state,
      clock,
      store: this.metrics,
      beforeEach: (minuteEndMs) => measure?.(minuteEndMs - 1),
      changed: (change) => {
        publish(publicationOf(change))
        state.afterCommit(() => report(change))
      },
    })
    this.wire = {
      targetPrefix: 'GraniteServiceVersion20100801',
      version: '1.0',
      members: { AlarmName: 'string', AlarmNames: 'strings', MetricData: 'structures', Namespace: 'string' },
      operations: cloudWatchOperations(this.#watch, this.metrics, () => clock.now()),
    }
    this.providers = alarmProviders(this.#watch)
  }

  /** Starts the evaluation of the alarms; call it once all of them exist. */
  start(): void {
    this.#watch.start()
  }

  /** Stops the evaluation and writes buffered metrics. */
  stop(): void {
    this.#watch.stop()
    this.metrics.flush()
  }
}

/** A `CloudWatch Alarm State Change` event, with the members that EventBridge documents except the metrics of the alarm. */
const publicationOf = ({ alarm, before, now }: AlarmChange): Publication => ({
  busName: 'default',
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  detail: {
    alarmName: alarm.name,
    configuration: { ...(alarm.description !== undefined && { description: alarm.description }) },
    previousState: stateOf(before),
    state: stateOf(now),
  },
  resources: [alarm.arn],
  time: new Date(now.sinceMs),
})

const stateOf = ({ state, reason, sinceMs }: AlarmStatus) => ({
  value: state,
  reason,
  timestamp: new Date(sinceMs).toISOString().replace('Z', '+0000'),
})
