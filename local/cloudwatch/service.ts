import type { ResourceProvider } from '../assembly/provider.ts'
import type { JsonService } from '../wire/service.ts'
import { alarmProviders } from './alarm.ts'
import { AlarmWatch, type AlarmWatchOptions } from './alarm-watch.ts'
import { MetricStore } from './metric.ts'
import { cloudWatchOperations } from './operations.ts'

/** CloudWatch: metrics and alarms. */
export class CloudWatchService {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  /** Receives the metrics of the services and of log lines. */
  readonly metrics: MetricStore
  readonly #watch: AlarmWatch

  constructor(options: AlarmWatchOptions) {
    this.metrics = new MetricStore(options)
    this.#watch = new AlarmWatch({ ...options, store: this.metrics })
    this.wire = {
      targetPrefix: 'GraniteServiceVersion20100801',
      version: '1.0',
      members: { AlarmName: 'string', AlarmNames: 'strings', MetricData: 'structures', Namespace: 'string' },
      operations: cloudWatchOperations(this.#watch, this.metrics, options.clock),
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
