import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import type { MessageAttributes } from '../sqs/message.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { failureOf, retryDelayMs, type DeliveryFailure } from './delivery-failure.ts'
import type { BusEvent } from './event.ts'
import type { RuleMetrics } from './rule-metrics.ts'
import type { Rule, Target } from './registry.ts'
import { targetInput } from './target-input.ts'

/** An event on its way. */
export interface Passage {
  readonly event: BusEvent
  /** How many buses it came through. */
  readonly hops: number
  /** Not part of the event: targets get it where their service has a place for it. */
  readonly traceHeader?: string | undefined
}

/** An event on its way to one target. */
interface Delivery extends Passage {
  readonly ruleArn: string
  readonly ruleName: string
  readonly target: Target
}

/** How events leave: each throws an AwsError when the target refuses. */
export interface Outlets {
  send(
    queueArn: string,
    message: { body: string; attributes?: MessageAttributes; traceHeader?: string | undefined },
  ): unknown
  invoke(functionArn: string, payload: unknown, sourceArn: string, traceHeader: string | undefined): void
  forward(busArn: string, passage: Passage): void
}

interface DeliveryRow {
  id: number
  delivery: string
  first_ms: number
  retries: number
}

/** A row is a delivery that failed and is tried again at `next_ms`. */
const schema = `
CREATE TABLE IF NOT EXISTS events_delivery (
  id INTEGER PRIMARY KEY, delivery TEXT NOT NULL, first_ms INTEGER NOT NULL, retries INTEGER NOT NULL, next_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS events_delivery_next ON events_delivery (next_ms)`

/**
 * Brings events to targets. The first attempt is made at once, inside the transaction of whoever published:
 * an event that was accepted is in its queues, or is a row here to be tried again, or in a dead-letter queue.
 */
export class Deliveries {
  readonly #state: State
  readonly #clock: Clock
  readonly #access: AccessControl
  readonly #outlets: Outlets
  readonly #report: (line: string) => void
  readonly #metrics: RuleMetrics
  #started = false
  #alarm: Cancel | undefined

  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    outlets: Outlets
    report: (line: string) => void
    metrics: RuleMetrics
  }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#access = options.access
    this.#outlets = options.outlets
    this.#report = options.report
    this.#metrics = options.metrics
    this.#state.define(schema)
  }

  start(): void {
    this.#started = true
    this.#setAlarm()
  }

  stop(): void {
    this.#started = false
    this.#alarm?.()
  }

  /** Within a transaction. */
  deliver(rule: Rule, target: Target, passage: Passage): void {
    const delivery = { ruleArn: rule.arn, ruleName: rule.name, target, ...passage }
    const failure = this.#attempt(delivery)
    if (!failure) return
    const nowMs = this.#clock.now()
    const next = this.#nextTry(delivery, failure, nowMs, 0)
    if (next === undefined) return
    this.#state.run(
      'INSERT INTO events_delivery (delivery, first_ms, retries, next_ms) VALUES (?, ?, 0, ?)',
      JSON.stringify(delivery),
      nowMs,
      next,
    )
    this.#state.afterCommit(() => this.#setAlarm())
  }

  /** How many deliveries wait to be tried again. */
  pending(): number {
    return this.#state.get<{ count: number }>('SELECT COUNT(*) AS count FROM events_delivery')!.count
  }

  #attempt({ ruleArn, ruleName, target, event, hops, traceHeader }: Delivery): DeliveryFailure | undefined {
    this.#metrics.count('Invocations', ruleArn)
    const input = targetInput(target, event, { arn: ruleArn, name: ruleName }, this.#clock.now())
    if (!input.ok) return { code: 'INVALID_JSON', message: input.problem, retriable: false }
    const principal: Principal = { kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn }
    const service = target.Arn.split(':')[2]
    try {
      if (service === 'sqs') {
        this.#access.require(principal, [{ action: 'sqs:SendMessage', resource: target.Arn }])
        this.#outlets.send(target.Arn, { body: textOf(input.payload), traceHeader })
      } else if (service === 'lambda') {
        this.#outlets.invoke(target.Arn, input.payload, ruleArn, traceHeader)
      } else {
        const sender: Principal = target.RoleArn === undefined ? principal : { kind: 'role', roleArn: target.RoleArn }
        this.#access.require(sender, [{ action: 'events:PutEvents', resource: target.Arn }])
        this.#outlets.forward(target.Arn, { event, hops: hops + 1, traceHeader })
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return failureOf(error)
    }
    return undefined
  }

  /** @returns when to try again, or undefined when the event was given up and is in the dead-letter queue, or lost */
  #nextTry(delivery: Delivery, failure: DeliveryFailure, firstMs: number, retries: number): number | undefined {
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
    this.#bury(delivery, failure, retries, exhausted)
    return undefined
  }

  #bury(
    { ruleArn, target, event, traceHeader }: Delivery,
    failure: DeliveryFailure,
    retries: number,
    exhausted: string | undefined,
  ): void {
    const queueArn = target.DeadLetterConfig?.Arn
    this.#metrics.count('FailedInvocations', ruleArn)
    const what = `event ${event.id} (${event.source} ${event['detail-type']}) of rule ${ruleArn} for ${target.Arn}: ${failure.code}, ${failure.message}`
    if (queueArn === undefined) return this.#report(`Lost, as the target has no dead-letter queue: ${what}`)
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
      this.#outlets.send(queueArn, { body: JSON.stringify(event), attributes, traceHeader })
      this.#metrics.count('InvocationsSentToDlq', ruleArn)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      this.#metrics.count('InvocationsFailedToBeSentToDlq', ruleArn)
      this.#report(`Lost, as its dead-letter queue ${queueArn} refused it (${error.message}): ${what}`)
    }
  }

  #setAlarm(): void {
    this.#alarm?.()
    if (!this.#started) return
    const nextMs = this.#state.get<{ at: number | null }>('SELECT MIN(next_ms) AS at FROM events_delivery')?.at
    if (nextMs === null || nextMs === undefined) return
    this.#alarm = this.#clock.schedule(nextMs - this.#clock.now(), () => {
      this.#retryDue()
      this.#setAlarm()
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
    const next = failure && this.#nextTry(delivery, failure, row.first_ms, retries)
    if (next === undefined) this.#state.run('DELETE FROM events_delivery WHERE id = ?', row.id)
    else this.#state.run('UPDATE events_delivery SET retries = ?, next_ms = ? WHERE id = ?', retries, next, row.id)
  }
}

/** A queue receives text: a payload that is a JSON string goes without its quotes. */
const textOf = (payload: unknown) => (typeof payload === 'string' ? payload : JSON.stringify(payload))

const textAttributes = (values: Record<string, string>): MessageAttributes =>
  Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue: StringValue || '-' },
    ]),
  )
