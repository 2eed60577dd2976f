import { propertyReader } from '../assembly/property-reader.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import { textAttributes, type MessageAttributes } from '../sqs/message.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'

/** The part of a target of a rule or a schedule that concerns retries. */
export interface RetriedTarget {
  readonly Arn: string
  readonly DeadLetterConfig?: { readonly Arn?: string }
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number }
}

/** Templates may contain numbers as strings. @throws Error for one that is out of range */
export function readRetryPolicy(policy: RetriedTarget['RetryPolicy'] = {}): RetriedTarget['RetryPolicy'] {
  const { number } = propertyReader(policy, 'The RetryPolicy of a target')
  const limits = { MaximumEventAgeInSeconds: [60, 86_400], MaximumRetryAttempts: [0, 185] } as const
  const given = Object.entries(limits).filter(([name]) => Object.hasOwn(policy, name))
  return Object.fromEntries(given.map(([name, [min, max]]) => [name, number(name, max, min, max)]))
}

/** What is sent to a dead-letter queue. */
interface DeadLetter {
  readonly sender: Principal
  readonly event: unknown
  readonly attributes: Readonly<Record<string, string>>
  readonly traceHeader?: string | undefined
  /** Names the event in a report. */
  readonly what: string
}

export type SendMessage = (
  queueArn: string,
  message: { body: string; attributes?: MessageAttributes; traceHeader?: string | undefined },
) => unknown

interface DeliveriesOptions<Delivery> {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  /** The table of deliveries that wait. */
  readonly table: string
  /** Makes an attempt, counted from 1, in the current transaction. @throws AwsError when the target rejects the event */
  readonly attempt: (delivery: Delivery, attempt: number) => void
  readonly deadLetter: (delivery: Delivery, attempts: number) => DeadLetter
  readonly send: SendMessage
  /** Called with one line about an event that is lost. */
  readonly report: (line: string) => void
  /** Called when the dead-letter queue rejected the event. */
  readonly onRejected?: (delivery: Delivery) => void
}

interface DeliveryRow {
  id: number
  delivery: string
  first_ms: number
  retries: number
}

const longestDelayMs = 480_000

/**
 * Delivers events of EventBridge's rules and schedules to their targets, with retries and dead-letter queues. The first
 * attempt is made immediately, in the transaction of the publisher: an accepted event is at its target, or is a row to be
 * retried, or is in a dead-letter queue.
 */
export class Deliveries<Delivery extends { readonly target: RetriedTarget }> {
  readonly #options: DeliveriesOptions<Delivery>
  #started = false
  #timer: Cancel | undefined

  constructor(options: DeliveriesOptions<Delivery>) {
    this.#options = options
    // A row is a delivery that is attempted at `next_ms`: a failed one, or one that is late (`retries` is then -1).
    options.state.define(`
      CREATE TABLE IF NOT EXISTS ${options.table} (
        id INTEGER PRIMARY KEY, delivery TEXT NOT NULL, first_ms INTEGER NOT NULL, retries INTEGER NOT NULL,
        next_ms INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS ${options.table}_next ON ${options.table} (next_ms)`)
  }

  start(): void {
    this.#started = true
    this.#setTimer()
  }

  stop(): void {
    this.#started = false
    this.#timer?.()
  }

  /** Must be called in a transaction. @param firstMs from when on the age of the event counts */
  deliver(delivery: Delivery, firstMs = this.#options.clock.now()): void {
    const nextMs = this.#attempt(delivery, firstMs, 0)
    if (nextMs !== undefined) this.#store(delivery, { firstMs, retries: 0, nextMs })
  }

  /** Makes the first attempt later. */
  deliverAt(delivery: Delivery, nextMs: number): void {
    this.#store(delivery, { firstMs: this.#options.clock.now(), retries: -1, nextMs })
  }

  #store(delivery: Delivery, { firstMs, retries, nextMs }: { firstMs: number; retries: number; nextMs: number }): void {
    const { state, table } = this.#options
    const insert = `INSERT INTO ${table} (delivery, first_ms, retries, next_ms) VALUES (?, ?, ?, ?)`
    state.run(insert, JSON.stringify(delivery), firstMs, retries, nextMs)
    state.afterCommit(() => this.#setTimer())
  }

  /** Makes an attempt. @returns when to make the next one, or undefined when the delivery has ended */
  #attempt(delivery: Delivery, firstMs: number, retries: number): number | undefined {
    try {
      this.#options.attempt(delivery, retries + 1)
      return undefined
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = delivery.target.RetryPolicy ?? {}
      // With the longest delay, 185 retries take the 24 hours for which AWS retries.
      const nextMs = this.#options.clock.now() + Math.min(1000 * 2 ** retries, longestDelayMs)
      const isTooOld = nextMs - firstMs > MaximumEventAgeInSeconds * 1000
      const code = codes[error.name] ?? 'ERROR_FROM_TARGET'
      const isRetriable = code === 'THROTTLING' || code === 'ERROR_FROM_TARGET'
      if (isRetriable && !isTooOld && retries < MaximumRetryAttempts) return nextMs
      const condition = isTooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts'
      this.#sendToDeadLetterQueue(delivery, retries, {
        ERROR_CODE: code,
        ERROR_MESSAGE: error.message,
        ...(isRetriable && { EXHAUSTED_RETRY_CONDITION: condition }),
      })
      return undefined
    }
  }

  #sendToDeadLetterQueue(
    delivery: Delivery,
    retries: number,
    failure: { ERROR_CODE: string; ERROR_MESSAGE: string; EXHAUSTED_RETRY_CONDITION?: string },
  ): void {
    const { access, send, report, deadLetter, onRejected } = this.#options
    const { Arn, DeadLetterConfig } = delivery.target
    const queueArn = DeadLetterConfig?.Arn
    const { sender, event, attributes, traceHeader, what } = deadLetter(delivery, retries + 1)
    const why = `${what} for ${Arn}: ${failure.ERROR_CODE}, ${failure.ERROR_MESSAGE}`
    if (queueArn === undefined) return report(`Event lost because its target has no dead-letter queue: ${why}`)
    try {
      access.require(sender, [{ action: 'sqs:SendMessage', resource: queueArn }])
      send(queueArn, {
        body: JSON.stringify(event),
        attributes: textAttributes({ ...attributes, TARGET_ARN: Arn, ...failure, RETRY_ATTEMPTS: String(retries) }),
        traceHeader,
      })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      onRejected?.(delivery)
      report(`Event lost because its dead-letter queue ${queueArn} rejected it (${error.message}): ${why}`)
    }
  }

  #setTimer(): void {
    this.#timer?.()
    if (!this.#started) return
    const { state, clock, table } = this.#options
    const nextMs = state.get<{ at: number | null }>(`SELECT MIN(next_ms) AS at FROM ${table}`)?.at
    if (nextMs === null || nextMs === undefined) return
    this.#timer = clock.schedule(nextMs - clock.now(), () => {
      const due = `SELECT * FROM ${table} WHERE next_ms <= ? ORDER BY next_ms, id`
      for (const row of state.all<DeliveryRow>(due, clock.now())) state.transaction(() => this.#retry(row))
      this.#setTimer()
    })
  }

  #retry({ id, delivery, first_ms: firstMs, retries }: DeliveryRow): void {
    const { state, table } = this.#options
    const nextMs = this.#attempt(JSON.parse(delivery) as Delivery, firstMs, retries + 1)
    if (nextMs === undefined) state.run(`DELETE FROM ${table} WHERE id = ?`, id)
    else state.run(`UPDATE ${table} SET retries = ?, next_ms = ? WHERE id = ?`, retries + 1, nextMs, id)
  }
}

/** Why a target did not accept an event, as in the attributes of the dead-letter queue's message. */
const codes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'NO_PERMISSIONS',
  AccessDenied: 'NO_PERMISSIONS',
  QueueDoesNotExist: 'NO_RESOURCE',
  ResourceNotFoundException: 'NO_RESOURCE',
  InvalidParameterValue: 'INVALID_PARAMETER',
  InvalidParameterValueException: 'INVALID_PARAMETER',
  InvalidMessageContents: 'INVALID_PARAMETER',
  RequestEntityTooLargeException: 'INVALID_PARAMETER',
  MissingParameter: 'INVALID_PARAMETER',
  TooManyRequestsException: 'THROTTLING',
  ThrottlingException: 'THROTTLING',
}
