import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import type { MoveTask, MoveTasks } from '../move-tasks.ts'
import { invalidParameter, optionalInteger } from '../queue-attributes.ts'
import type { OperationContext } from './context.ts'

/**
 * StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask: redrive the messages of a dead-letter queue to
 * their source queues, or to one destination.
 */
export function moveTaskOperations({ queues }: OperationContext, tasks: MoveTasks): Record<string, Operation> {
  return {
    StartMessageMoveTask: {
      access: ({ SourceArn, DestinationArn }) => [
        ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
          action: `sqs:${action}`,
          resource: String(SourceArn),
        })),
        ...(DestinationArn === undefined ? [] : [{ action: 'sqs:SendMessage', resource: String(DestinationArn) }]),
      ],
      handle: (input: { SourceArn: string; DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number }) => {
        const perSecond = optionalInteger(input.MaxNumberOfMessagesPerSecond, 'MaxNumberOfMessagesPerSecond', 1, 500)
        requireDeadLetterQueue(input.SourceArn)
        return { TaskHandle: tasks.start(input.SourceArn, input.DestinationArn, perSecond) }
      },
    },
    ListMessageMoveTasks: {
      access: ({ SourceArn }) => [{ action: 'sqs:ListMessageMoveTasks', resource: String(SourceArn) }],
      handle: (input: { SourceArn: string; MaxResults?: number }) => {
        requireDeadLetterQueue(input.SourceArn)
        const count = optionalInteger(input.MaxResults, 'MaxResults', 1, 10) ?? 1
        return { Results: tasks.latest(input.SourceArn, count).map(toResult) }
      },
    },
    CancelMessageMoveTask: {
      access: ({ TaskHandle }) => [{ action: 'sqs:CancelMessageMoveTask', resource: sourceOf(TaskHandle) }],
      handle: (input: { TaskHandle: string }) => ({
        ApproximateNumberOfMessagesMoved: tasks.cancel(String(input.TaskHandle)).moved,
      }),
    },
  }

  function requireDeadLetterQueue(arn: unknown): void {
    if (typeof arn !== 'string')
      throw new AwsError('MissingParameter', 'The request must contain the parameter SourceArn.')
    if (queues.sourcesOf(queues.byArn(arn).arn).length === 0) {
      throw invalidParameter(arn, 'SourceArn', 'Source queue must be configured as a Dead Letter Queue.')
    }
  }
}

/** A handle starts with the ARN of the task's source queue. */
const sourceOf = (handle: unknown): string => Buffer.from(String(handle), 'base64').toString('utf8').split(' ')[0]!

const toResult = (task: MoveTask) => ({
  // As on AWS, only a running task has a handle.
  ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
  Status: task.status,
  SourceArn: task.source_arn,
  ...(task.destination_arn !== null && { DestinationArn: task.destination_arn }),
  ...(task.per_second !== null && { MaxNumberOfMessagesPerSecond: task.per_second }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.to_move,
  StartedTimestamp: task.started_ms,
  ...(task.failure !== null && { FailureReason: task.failure }),
})
