import type { Chaos } from '../chaos.ts'
import type { Metric, MetricSink } from '../cloudwatch/metric.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import { textAttributes, type MessageAttributes } from '../sqs/message.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { failureOf, retryDelayMs, type DeliveryFailure } from './delivery-failure.ts'
import type { BusEvent } from './event.ts'
import type { Rule, Target } from './registry.ts'
import { targetInput } from './target-input.ts'

/** An event on a bus. */
export interface RoutedEvent {
  readonly event: BusEvent
  /** How many buses forwarded it. */
  readonly hops: number
  /** Not part of the event: targets get it where their service supports it. */
  readonly traceHeader?: string | undefined
}

/** The delivery of an event to one target. */
interface Delivery extends RoutedEvent {
  readonly ruleArn: string
  readonly ruleName: string
  readonly target: Target
}

/** Sends events to targets; each method throws an AwsError when the target rejects the event. */
export interface TargetClients {
  send(
    queueArn: string,
    message: { body: string; attributes?: MessageAttributes; traceHeader?: string | undefined },
  ): unknown
  invoke(functionArn: string, payload: unknown, sourceArn: string, traceHeader: string | undefined): void
  forward(busArn: string, routed: RoutedEvent): void
}

interface DeliveryRow {
  id: number
  delivery: string
  first_ms: number
  retries: number
}

/** A row is a delivery that is attempted at `next_ms`: a failed one, or one that is late (`retries` is then -1). */
const schema = `
CREATE TABLE IF NOT EXISTS events_delivery (
  id INTEGER PRIMARY KEY, delivery TEXT NOT NULL, first_ms INTEGER NOT NULL, retries INTEGER NOT NULL, next_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS events_delivery_next ON events_delivery (next_ms)`

/**
 * Delivers events to targets. The first attempt is made immediately, in the transaction of the publisher:
 * an accepted event is in its queues, or is a row here to be retried, or is in a dead-letter queue.
 */
export class Deliveries {
  readonly #state: State
  readonly #clock: Clock
  readonly #access: AccessControl
  readonly #clients: TargetClients
  readonly #report: (line: string) => void
  readonly #metrics: MetricSink
  readonly #chaos: Chaos
  #started = false
  #timer: Cancel | undefined

  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    clients: TargetClients
    report: (line: string) => void
    metrics: MetricSink
    chaos: Chaos
  }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#access = options.access
    this.#clients = options.clients
    this.#report = options.report
    this.#metrics = options.metrics
    this.#chaos = options.chaos
    this.#state.define(schema)
  }

  start(): void {
    this.#started = true
    this.#setTimer()
  }

  stop(): void {
    this.#started = false
    this.#timer?.()
  }

  /** Must be called in a transaction. */
  deliver(rule: Rule, target: Target, routed: RoutedEvent): void {
    const delivery = { ruleArn: rule.arn, ruleName: rule.name, target, ...routed }
    const nowMs = this.#clock.now()
    const twiceMs = this.#chaos.delayMs('events delivered twice')
    if (twiceMs > 0) this.#store(delivery, -1, nowMs + twiceMs)
    const lateMs = this.#chaos.delayMs('events delayed and reordered')
    if (lateMs > 0) return this.#store(delivery, -1, nowMs + lateMs)
    const failure = this.#attempt(delivery)
    const next = failure && this.#nextAttempt(delivery, failure, nowMs, 0)
    if (next !== undefined) this.#store(delivery, 0, next)
  }

  #store(delivery: Delivery, retries: number, nextMs: number): void {
    this.#state.run(
      'INSERT INTO events_delivery (delivery, first_ms, retries, next_ms) VALUES (?, ?, ?, ?)',
      JSON.stringify(delivery),
      this.#clock.now(),
      retries,
      nextMs,
    )
    this.#state.afterCommit(() => this.#setTimer())
  }

  /** How many deliveries wait for a retry. */
  pending(): number {
    return this.#state.get<{ count: number }>('SELECT COUNT(*) AS count FROM events_delivery')!.count
  }

  #attempt({ ruleArn, ruleName, target, event, hops, traceHeader }: Delivery): DeliveryFailure | undefined {
    const input = targetInput(target, event, { arn: ruleArn, name: ruleName }, this.#clock.now())
    if (!input.ok) return { code: 'INVALID_JSON', message: input.problem, retriable: false }
    const principal: Principal = { kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn }
    const service = target.Arn.split(':')[2]
    try {
      if (service === 'sqs') {
        this.#access.require(principal, [{ action: 'sqs:SendMessage', resource: target.Arn }])
        this.#clients.send(target.Arn, { body: textOf(input.payload), traceHeader })
      } else if (service === 'lambda') {
        this.#clients.invoke(target.Arn, input.payload, ruleArn, traceHeader)
      } else {
        const sender: Principal = target.RoleArn === undefined ? principal : { kind: 'role', roleArn: target.RoleArn }
        this.#access.require(sender, [{ action: 'events:PutEvents', resource: target.Arn }])
        this.#clients.forward(target.Arn, { event, hops: hops + 1, traceHeader })
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return failureOf(error)
    }
    return undefined
  }

  /** @returns when to retry, or undefined when the event was sent to the dead-letter queue or is lost */
  #nextAttempt(delivery: Delivery, failure: DeliveryFailure, firstMs: number, retries: number): number | undefined {
    const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = delivery.target.RetryPolicy ?? {}
    const nextMs = this.#clock.now() + retryDelayMs(retries)
    const exhausted = !failure.retriable
      ? undefined
      : retries >= MaximumRetryAttempts
        ? 'MaximumRetryAttempts'
        : nextMs - firstMs > MaximumEventAgeInSeconds * 1000
          ? 'MaximumEventAgeInSeconds'
          : undefined
    if (failure.retriable && exhausted === undefined) return nextMs
    this.#sendToDeadLetterQueue(delivery, failure, retries, exhausted)
    return undefined
  }

  #sendToDeadLetterQueue(
    { ruleArn, target, event, traceHeader }: Delivery,
    failure: DeliveryFailure,
    retries: number,
    exhausted: string | undefined,
  ): void {
    const queueArn = target.DeadLetterConfig?.Arn
    const what = `event ${event.id} (${event.source} ${event['detail-type']}) of rule ${ruleArn} for ${target.Arn}: ${failure.code}, ${failure.message}`
    if (queueArn === undefined) return this.#report(`Event lost because the target has no dead-letter queue: ${what}`)
    const attributes = textAttributes({
      RULE_ARN: ruleArn,
      TARGET_ARN: target.Arn,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
      RETRY_ATTEMPTS: String(retries),
    })
    try {
      const principal: Principal = { kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn }
      this.#access.require(principal, [{ action: 'sqs:SendMessage', resource: queueArn }])
      this.#clients.send(queueArn, { body: JSON.stringify(event), attributes, traceHeader })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      this.#metrics.add(lostEvents(ruleArn), 1)
      this.#report(`Event lost because its dead-letter queue ${queueArn} rejected it (${error.message}): ${what}`)
    }
  }

  #setTimer(): void {
    this.#timer?.()
    if (!this.#started) return
    const nextMs = this.#state.get<{ at: number | null }>('SELECT MIN(next_ms) AS at FROM events_delivery')?.at
    if (nextMs === null || nextMs === undefined) return
    this.#timer = this.#clock.schedule(nextMs - this.#clock.now(), () => {
      this.#retryDue()
      this.#setTimer()
    })
  }

  #retryDue(): void {
    const rows = this.#state.all<DeliveryRow>(
      'SELECT * FROM events_delivery WHERE next_ms <= ? ORDER BY next_ms, id',
      this.#clock.now(),
    )
    for (const row of rows) this.#state.transaction(() => this.#retry(row))
  }

  #retry(row: DeliveryRow): void {
    const delivery = JSON.parse(row.delivery) as Delivery
    const failure = this.#attempt(delivery)
    const retries = row.retries + 1
    const next = failure && this.#nextAttempt(delivery, failure, row.first_ms, retries)
    if (next === undefined) this.#state.run('DELETE FROM events_delivery WHERE id = ?', row.id)
    else this.#state.run('UPDATE events_delivery SET retries = ?, next_ms = ? WHERE id = ?', retries, next, row.id)
  }
}

/** A queue receives text: a JSON string is sent without its quotes. */
const textOf = (payload: unknown) => (typeof payload === 'string' ? payload : JSON.stringify(payload))

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
