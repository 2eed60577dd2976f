import type { AccessControl } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { AsyncConfiguration } from './async-configuration.ts'
import type { PendingInvocation } from './async-invocations.ts'
import type { Destination, Destinations } from './destination.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { Invoked } from './invoker.ts'
import { roleOf } from './poller.ts'
import type { QueueService } from './ports.ts'

export type EndReason = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded'

interface Ended {
  readonly pending: PendingInvocation
  readonly configuration: FunctionConfiguration
  readonly limits: AsyncConfiguration
  readonly reason: EndReason
  /** The last invocation, unless the event expired without one. */
  readonly invoked?: Invoked
}

/** Sends the records of finished asynchronous invocations to destinations and dead-letter queues. */
export class AsyncOutcomes {
  readonly #access: AccessControl
  readonly #sqs: Pick<QueueService, 'send'>
  readonly #destinations: Destinations
  readonly #nowMs: () => number
  readonly #warn: (message: string) => void

  constructor(options: {
    access: AccessControl
    sqs: Pick<QueueService, 'send'>
    destinations: Destinations
    nowMs: () => number
    warn: (message: string) => void
  }) {
    this.#access = options.access
    this.#sqs = options.sqs
    this.#destinations = options.destinations
    this.#nowMs = options.nowMs
    this.#warn = options.warn
  }

  /** A record that cannot be delivered is lost, as on AWS, and logged. */
  deliver(ended: Ended): void {
    const { limits, configuration, reason } = ended
    const { deadLetterArn } = configuration
    if (reason === 'Success') {
      if (limits.onSuccess) this.#toDestinationOf(limits.onSuccess, ended)
      return
    }
    if (limits.onFailure) this.#toDestinationOf(limits.onFailure, ended)
    if (deadLetterArn) this.#attempt(ended, () => this.#toDeadLetterQueue(deadLetterArn, ended))
    if (!limits.onFailure && !deadLetterArn) {
      this.#warn(
        `An event for ${configuration.name} (request ${ended.pending.request_id}) was dropped: ${reason}, and the ` +
          `function has neither an on-failure destination nor a dead-letter queue.`,
      )
    }
  }

  #toDestinationOf(destination: Destination, ended: Ended): void {
    this.#attempt(ended, () => this.#toDestination(destination, ended))
  }

  #attempt({ configuration, pending }: Ended, deliver: () => void): void {
    try {
      deliver()
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      this.#warn(`An event for ${configuration.name} (request ${pending.request_id}) was lost: ${error.message}`)
    }
  }

  #toDestination(destination: Destination, ended: Ended): void {
    const { configuration } = ended
    const record = this.#recordOf(ended)
    const prefix = `async/${configuration.name}`
    const caller = roleOf(configuration)
    this.#destinations.deliver(destination, { caller, record, wholeRecord: record, prefix, nowMs: this.#nowMs() })
  }

  #toDeadLetterQueue(queueArn: string, { pending, configuration, invoked }: Ended): void {
    this.#access.require(roleOf(configuration), [{ action: 'sqs:SendMessage', resource: queueArn }])
    const error = invoked?.outcome.kind === 'error' ? invoked.outcome.error.errorMessage : ''
    this.#sqs.send(queueArn, {
      body: pending.event,
      attributes: {
        RequestID: { DataType: 'String', StringValue: pending.request_id },
        ErrorCode: { DataType: 'Number', StringValue: invoked ? '200' : '429' },
        ...(error !== '' && { ErrorMessage: { DataType: 'String', StringValue: error.slice(0, 1024) } }),
      },
    })
  }

  #recordOf({ pending, configuration, reason, invoked }: Ended): object {
    const { outcome } = invoked ?? {}
    return {
      version: '1.0',
      timestamp: new Date(this.#nowMs()).toISOString(),
      requestContext: {
        requestId: pending.request_id,
        functionArn: `${configuration.arn}:$LATEST`,
        condition: reason,
        approximateInvokeCount: pending.failures + (invoked ? 1 : 0),
      },
      requestPayload: JSON.parse(pending.event),
      ...(outcome && {
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          ...(outcome.kind === 'error' && { functionError: 'Unhandled' }),
        },
        responsePayload: outcome.kind === 'success' ? JSON.parse(outcome.payload) : outcome.error,
      }),
    }
  }
}
