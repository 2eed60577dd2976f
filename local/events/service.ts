import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import { noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import { DueTimes } from '../scheduler/due-times.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService } from '../wire/service.ts'
import { Archives } from './archives.ts'
import { Deliveries, type TargetClients, type RoutedEvent } from './deliveries.ts'
import { describeOperations } from './describe.ts'
import { busEvent } from './event.ts'
import { putEventsOperation, type Publication } from './put-events.ts'
import { Registry, type Rule } from './registry.ts'
import { replayOperations } from './replays.ts'
import { eventProviders } from './resources.ts'

/** Rules may forward events between buses in a loop, which would never end on AWS. */
const maximumHops = 5

/** EventBridge: buses, rules with patterns or schedules, archives and replays. */
export class EventsService {
  readonly wire: JsonService
  readonly providers: ResourceProvider[]
  readonly #state: State
  readonly #clock: Clock
  readonly #registry: Registry
  readonly #archives: Archives
  readonly #deliveries: Deliveries
  readonly #dueTimes: DueTimes
  readonly #report: (line: string) => void

  /**
   * @param options.send sends to a queue, @param options.invoke invokes a function asynchronously: both durably, in
   * the current transaction, and throwing an AwsError when the target rejects the event
   * @param options.report called with one line about an event that is lost
   */
  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    send: TargetClients['send']
    invoke: TargetClients['invoke']
    report: (line: string) => void
    /** @default no metrics are recorded */
    metrics?: MetricSink
    /** @default no faults */
    chaos?: Chaos
  }) {
    const { state, clock, access, send, invoke, report, metrics = noMetrics, chaos = noChaos } = options
    this.#state = state
    this.#clock = clock
    this.#report = report
    const registry = new Registry(clock.now())
    this.#registry = registry
    this.#archives = new Archives({ state, clock, registry })
    const clients: TargetClients = { send, invoke, forward: (bus, routed) => this.#forward(bus, routed) }
    this.#deliveries = new Deliveries({ state, clock, access, clients, report, metrics, chaos })
    this.#dueTimes = new DueTimes({ state, clock })
    this.wire = {
      targetPrefix: 'AWSEvents',
      version: '1.1',
      members: { Entries: 'structures', EventBusName: 'string', Name: 'string' },
      operations: {
        PutEvents: putEventsOperation(state, (event) => this.publish(event), chaos),
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

  /** Starts retries, the retention of archives and schedules; call it once all resources exist. */
  start(): void {
    this.#deliveries.start()
    this.#archives.start()
    for (const rule of this.#registry.rules()) {
      const { arn, scheduleExpression: expression, enabled } = rule
      if (expression !== undefined && enabled) this.#dueTimes.start({ arn, expression }, () => this.#fire(rule))
    }
  }

  stop(): void {
    this.#deliveries.stop()
    this.#archives.stop()
    this.#dueTimes.stop()
  }

  /**
   * Puts an event on a bus; the deliveries of its rules are part of the same transaction. As on AWS, an event for a bus
   * that does not exist is accepted and lost.
   * @returns the event's id
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
    const { busName, source, detailType, traceHeader } = publication
    if (this.#registry.findBus(busName)) this.#accept(busName, { event, hops: 0, traceHeader })
    else this.#report(`Event lost because the event bus ${busName} does not exist: ${detailType} of ${source}`)
    return event.id
  }

  /** How many failed deliveries wait for a retry. */
  pendingDeliveries(): number {
    return this.#deliveries.pending()
  }

  /** An archive stores the event without its trace header, so that a replayed event has none. */
  #accept(busName: string, routed: RoutedEvent, ruleArns?: readonly string[]): void {
    const { event } = routed
    this.#state.transaction(() => {
      this.#archives.store(busName, event)
      for (const rule of this.#registry.bus(busName).rules.values()) {
        if (ruleArns !== undefined && !ruleArns.includes(rule.arn)) continue
        if (!rule.enabled || !rule.pattern?.matches(event)) continue
        for (const target of rule.targets) this.#deliveries.deliver(rule, target, routed)
      }
    })
  }

  #forward(bus: string, routed: RoutedEvent): void {
    if (routed.hops > maximumHops)
      throw new AwsError(
        'InvalidParameterValue',
        `The event was forwarded through more than ${maximumHops} event buses.`,
      )
    this.#accept(this.#registry.bus(bus).name, routed)
  }

  /** A scheduled event is only delivered by its own rule and not matched against patterns. */
  #fire(rule: Rule): void {
    const event = busEvent({
      id: randomUUID(),
      source: 'aws.events',
      detailType: 'Scheduled Event',
      detail: {},
      resources: [rule.arn],
      timeMs: this.#clock.now(),
    })
    for (const target of rule.targets) this.#deliveries.deliver(rule, target, { event, hops: 0 })
  }
}
