import type { Chaos } from '../../chaos.ts'
import type { AccessRequest } from '../../iam/types.ts'
import type { MessageStore } from '../message-store.ts'
import { queueArn, type QueueStore } from '../queue-store.ts'
import type { SqsService } from '../service.ts'

export interface OperationContext {
  readonly service: SqsService
  readonly queues: QueueStore
  readonly messages: MessageStore
  readonly chaos: Chaos
}

/** The access that an operation with a `QueueUrl` needs. */
export const onQueue =
  (...actions: string[]) =>
  (input: { QueueUrl?: unknown }): AccessRequest[] => {
    const name = String(input.QueueUrl ?? '')
      .split('/')
      .at(-1)!
    return actions.map((action) => ({ action: `sqs:${action}`, resource: queueArn(name) }))
  }

/** The access that an operation with a `QueueName` needs. */
export const onNamedQueue =
  (action: string) =>
  (input: { QueueName?: unknown }): AccessRequest[] => [
    { action: `sqs:${action}`, resource: queueArn(String(input.QueueName ?? '')) },
  ]
