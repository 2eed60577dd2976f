import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService } from '../wire/service.ts'
import { Archives } from './archives.ts'
import { Deliveries, type Outlets, type Passage } from './deliveries.ts'
import { describeOperations } from './describe.ts'
import { busEvent } from './event.ts'
import { putEventsOperation, type Publication } from './put-events.ts'
import { Registry, type Rule } from './registry.ts'
import { replayOperations } from './replays.ts'
import { eventProviders } from './resources.ts'
import { RuleMetrics } from './rule-metrics.ts'
import { Schedules } from './schedules.ts'

/** Rules may send from bus to bus in a circle; AWS would go on for ever. */
const mostHops = 5

/** EventBridge: buses, rules with patterns or schedules, archives and replays. */
export class EventsService {
  readonly wire: JsonService
  readonly providers: ResourceProvider[]
  readonly #state: State
  readonly #clock: Clock
  readonly #registry: Registry
  readonly #archives: Archives
  readonly #deliveries: Deliveries
  readonly #schedules: Schedules
  readonly #metrics: RuleMetrics

  /**
   * @param options.send sends to a queue, @param options.invoke invokes a function asynchronously: both durably, within
   * the current transaction, and throwing an AwsError when they refuse
   * @param options.report is told in one line of an event that no target, queue or retry will ever see
   */
  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    send: Outlets['send']
    invoke: Outlets['invoke']
    report: (line: string) => void
    /** @default nobody measures */
    metrics?: MetricSink
  }) {
    const { state, clock, access, send, invoke, report } = options
    this.#state = state
    this.#clock = clock
    const registry = new Registry(clock.now())
    this.#registry = registry
    this.#archives = new Archives({ state, clock, registry })
    const outlets: Outlets = { send, invoke, forward: (bus, passage) => this.#forward(bus, passage) }
    this.#metrics = new RuleMetrics(options.metrics ?? noMetrics)
    this.#deliveries = new Deliveries({ state, clock, access, outlets, report, metrics: this.#metrics })
    this.#schedules = new Schedules({ state, clock, fire: (rule) => this.#fire(rule) })
    this.wire = {
      targetPrefix: 'AWSEvents',
      version: '1.1',
      operations: {
        PutEvents: putEventsOperation(state, registry, (event) => this.publish(event)),
        ...describeOperations(registry, this.#archives),
        ...replayOperations({
          state,
          clock,
          registry,
          archives: this.#archives,
          replay: (busName, event, ruleArns) => this.#accept(busName, { event, hops: 0 }, ruleArns),
        }),
      },
    }
    this.providers = eventProviders({ registry, access, nowMs: () => clock.now() })
  }

  /** Begins with retries, archives' retention and the schedules; call it once the templates' resources are made. */
  start(): void {
    this.#deliveries.start()
    this.#archives.start()
    for (const rule of this.#registry.rules()) this.#schedules.set(rule)
  }

  stop(): void {
    this.#deliveries.stop()
    this.#archives.stop()
    this.#schedules.stop()
  }

  /**
   * Puts an event on a bus; what its rules do with it is one transaction with that.
   * @returns the event's id @throws AwsError ResourceNotFoundException
   */
  publish(publication: Publication): string {
    const event = busEvent({
      id: randomUUID(),
      source: publication.source,
      detailType: publication.detailType,
      detail: publication.detail,
      resources: publication.resources ?? [],
      timeMs: publication.time?.getTime() ?? this.#clock.now(),
    })
    this.#accept(this.#registry.bus(publication.busName).name, { event, hops: 0, traceHeader: publication.traceHeader })
    return event.id
  }

  /** How many deliveries failed and wait to be tried again. */
  pendingDeliveries(): number {
    return this.#deliveries.pending()
  }

  /** An archive keeps the event and not its trace, so that a replay has none. */
  #accept(busName: string, passage: Passage, ruleArns?: readonly string[]): void {
    const { event } = passage
    this.#state.transaction(() => {
      this.#archives.keep(busName, event)
      for (const rule of this.#registry.bus(busName).rules.values()) {
        if (ruleArns !== undefined && !ruleArns.includes(rule.arn)) continue
        if (!rule.enabled || !rule.pattern?.matches(event)) continue
        this.#metrics.count('MatchedEvents', rule.arn)
        this.#metrics.count('TriggeredRules', rule.arn)
        for (const target of rule.targets) this.#deliveries.deliver(rule, target, passage)
      }
    })
  }

  #forward(bus: string, passage: Passage): void {
    if (passage.hops > mostHops)
      throw new AwsError('InvalidParameterValue', `The event came through more than ${mostHops} event buses.`)
    this.#accept(this.#registry.bus(bus).name, passage)
  }

  /** A schedule concerns its own rule alone: its event meets no other pattern. */
  #fire(rule: Rule): void {
    const event = busEvent({
      id: randomUUID(),
      source: 'aws.events',
      detailType: 'Scheduled Event',
      detail: {},
      resources: [rule.arn],
      timeMs: this.#clock.now(),
    })
    this.#metrics.count('TriggeredRules', rule.arn)
    for (const target of rule.targets) this.#deliveries.deliver(rule, target, { event, hops: 0 })
  }
}
