import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Publication } from '../events/put-events.ts'
import type { State } from '../state/state.ts'
import type { JsonService } from '../wire/service.ts'
import { AlarmStates } from './alarm-states.ts'
import { AlarmWatch, type AlarmChange } from './alarm-watch.ts'
import { MetricStore } from './metric-store.ts'
import { alarmOperations } from './operations/alarms.ts'
import { putMetricData } from './operations/put-metric-data.ts'
import { readOperations } from './operations/read-metrics.ts'
import { cloudWatchProviders } from './resources.ts'
import { stateChangeDetail } from './state-change.ts'

interface CloudWatchOptions {
  readonly state: State
  readonly clock: Clock
  /** Puts an event on a bus, within the current transaction. */
  readonly publish: (event: Publication) => unknown
  /** Called after every state change of an alarm. */
  readonly report: (change: AlarmChange) => void
  /** Shows a warning at the terminal. */
  readonly warn: (message: string) => void
}

/** CloudWatch: metrics and alarms. */
export class CloudWatchService {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  /** Receives the metrics of the services and of log lines. */
  readonly metrics: MetricStore
  readonly #watch: AlarmWatch
  readonly #samplers: ((atMs: number) => void)[] = []

  constructor(options: CloudWatchOptions) {
    const { state, clock, publish, report, warn } = options
    this.metrics = new MetricStore({ state, clock })
    const states = new AlarmStates({ state, clock })
    this.#watch = new AlarmWatch({
      state,
      clock,
      store: this.metrics,
      states,
      beforeEach: (minuteEndMs) => this.#sample(minuteEndMs),
      changed: (change) => {
        publish(publicationOf(change))
        state.afterCommit(() => report(change))
      },
      warn,
    })
    this.wire = {
      targetPrefix: 'GraniteServiceVersion20100801',
      version: '1.0',
      members: {
        AlarmName: 'string',
        AlarmNames: 'strings',
        ExtendedStatistics: 'strings',
        MetricData: 'structures',
        MetricDataQueries: 'structures',
        Namespace: 'string',
        Statistics: 'strings',
      },
      operations: {
        PutMetricData: putMetricData(this.metrics, () => clock.now()),
        ...readOperations(this.metrics, () => clock.now()),
        ...alarmOperations(this.#watch, states),
      },
    }
    this.providers = cloudWatchProviders(this.#watch)
  }

  /** @param sampler is called when a minute ends, to publish gauges with the time `atMs`, which is within that minute */
  onMinute(sampler: (atMs: number) => void): void {
    this.#samplers.push(sampler)
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

  #sample(minuteEndMs: number): void {
    for (const sampler of this.#samplers) sampler(minuteEndMs - 1)
  }
}

const publicationOf = ({ alarm, before, now }: AlarmChange): Publication => ({
  busName: 'default',
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  detail: stateChangeDetail(alarm, before, now),
  resources: [alarm.arn],
  time: new Date(now.sinceMs),
})
