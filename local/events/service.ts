import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import { noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import { noMetrics, type Metric, type MetricSink } from '../cloudwatch/metric.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import type { JsonService } from '../wire/service.ts'
import { Archives } from './archives.ts'
import { Buses, type Target } from './buses.ts'
import { Deliveries, type SendMessage } from './deliveries.ts'
import { busEvent, type BusEvent, type Publication } from './event.ts'
import { putEventsOperation } from './put-events.ts'

/** The delivery of an event to one target of a rule. */
interface RuleDelivery {
  readonly ruleArn: string
  readonly target: Target
  readonly event: BusEvent
  /** Not part of the event: targets get it where their service supports it. */
  readonly traceHeader?: string | undefined
}

interface EventsOptions {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  /** Sends to a queue durably, in the current transaction. @throws AwsError when the queue rejects the message */
  readonly send: SendMessage
  /** Invokes a function asynchronously and durably, in the current transaction. @throws AwsError */
  readonly invoke: (functionArn: string, payload: unknown, sourceArn: string, traceHeader: string | undefined) => void
  /** Called with one line about an event that is lost. */
  readonly report: (line: string) => void
  /** Called with every event that a bus accepted, replayed ones included. */
  readonly onAccepted?: (busName: string, event: BusEvent) => void
  /** @default no metrics are recorded */
  readonly metrics?: MetricSink
  /** @default no faults */
  readonly chaos?: Chaos
}

/** EventBridge: buses, rules with patterns, archives and replays. */
export class EventsService {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly #options: EventsOptions
  readonly #chaos: Chaos
  readonly #buses = new Buses()
  readonly #archives: Archives
  readonly #deliveries: Deliveries<RuleDelivery>

  constructor(options: EventsOptions) {
    this.#options = options
    const { state, metrics = noMetrics, chaos = noChaos } = options
    this.#chaos = chaos
    this.#archives = new Archives({
      ...options,
      buses: this.#buses,
      replay: (busName, event, ruleArns) => this.#accept(busName, { event }, ruleArns),
    })
    this.#deliveries = new Deliveries({
      ...options,
      table: 'events_delivery',
      attempt: (delivery) => this.#attempt(delivery),
      deadLetter: ({ ruleArn, event, traceHeader }) => ({
        sender: principalOf(ruleArn),
        event,
        attributes: { RULE_ARN: ruleArn },
        traceHeader,
        what: `event ${event.id} (${event.source} ${event['detail-type']}) of rule ${ruleArn}`,
      }),
      onRejected: ({ ruleArn }) => metrics.add(lostEvents(ruleArn), 1),
    })
    this.wire = {
      targetPrefix: 'AWSEvents',
      version: '1.1',
      members: { Entries: 'structures', EventBusName: 'string', Name: 'string' },
      operations: {
        PutEvents: putEventsOperation(state, (event) => this.publish(event), chaos),
        ...this.#buses.operations,
        ...this.#archives.operations,
      },
    }
    this.providers = [...this.#buses.providers, this.#archives.provider]
  }

  /** Starts retries; call it once all resources exist. */
  start(): void {
    this.#deliveries.start()
    this.#archives.sweep()
  }

  stop(): void {
    this.#deliveries.stop()
  }

  /**
   * Puts an event on a bus; the deliveries of its rules are part of the same transaction. As on AWS, an event for a bus
   * that does not exist is accepted and lost.
   * @returns the event's id
   */
  publish(publication: Publication): string {
    const { busName, source, detailType, detail, resources = [], time, traceHeader } = publication
    const timeMs = time?.getTime() ?? this.#options.clock.now()
    const event = busEvent({ id: randomUUID(), source, detailType, detail, resources, timeMs })
    if (this.#buses.find(busName)) this.#accept(busName, { event, traceHeader })
    else this.#options.report(`Event lost because the event bus ${busName} does not exist: ${detailType} of ${source}`)
    return event.id
  }

  /** An archive stores the event without its trace header, so that a replayed event has none. */
  #accept(busName: string, published: Pick<RuleDelivery, 'event' | 'traceHeader'>, ruleArns?: readonly string[]): void {
    const { event } = published
    const { state, onAccepted } = this.#options
    state.transaction(() => {
      state.afterCommit(() => onAccepted?.(busName, event))
      this.#archives.store(busName, event)
      for (const { arn, enabled, pattern, targets } of this.#buses.bus(busName).rules.values()) {
        if (ruleArns?.includes(arn) === false || !enabled || !pattern.matches(event)) continue
        for (const target of targets) this.#deliver({ ruleArn: arn, target, ...published })
      }
    })
  }

  #deliver(delivery: RuleDelivery): void {
    const nowMs = this.#options.clock.now()
    const twiceMs = this.#chaos.delayMs('events delivered twice')
    if (twiceMs > 0) this.#deliveries.deliverAt(delivery, nowMs + twiceMs)
    const lateMs = this.#chaos.delayMs('events delayed and reordered')
    if (lateMs > 0) this.#deliveries.deliverAt(delivery, nowMs + lateMs)
    else this.#deliveries.deliver(delivery)
  }

  #attempt({ ruleArn, target, event, traceHeader }: RuleDelivery): void {
    const { access, send, invoke } = this.#options
    if (target.Arn.split(':')[2] === 'lambda') return invoke(target.Arn, event, ruleArn, traceHeader)
    access.require(principalOf(ruleArn), [{ action: 'sqs:SendMessage', resource: target.Arn }])
    send(target.Arn, { body: JSON.stringify(event), traceHeader })
  }
}

const principalOf = (ruleArn: string): Principal => ({
  kind: 'service',
  service: 'events.amazonaws.com',
  sourceArn: ruleArn,
})

/**
 * "Metrics that specify only the RuleName dimension refer to the default event bus. Metrics that specify both the
 * EventBusName and RuleName dimensions refer to a custom event bus" (EventBridge User Guide, "Monitoring Amazon
 * EventBridge").
 * @param ruleArn `arn:…:rule/[<bus>/]<name>`
 */
function lostEvents(ruleArn: string): Metric {
  const [, ...names] = ruleArn.split('/')
  const [RuleName = '', EventBusName] = names.toReversed()
  const dimensions = { ...(EventBusName !== undefined && { EventBusName }), RuleName }
  return { namespace: 'AWS/Events', name: 'InvocationsFailedToBeSentToDlq', dimensions }
}
