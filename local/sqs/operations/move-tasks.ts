import { randomUUID } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { State } from '../../state/state.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { invalidParameter, optionalInteger } from '../queue-attributes.ts'
import type { OperationContext } from './context.ts'

interface TaskRow {
  handle: string
  source_arn: string
  destination_arn: string | null
  started_ms: number
  moved: number
  to_move: number
  failure: string | null
}

const schema = `CREATE TABLE IF NOT EXISTS sqs_move_task (
  handle TEXT PRIMARY KEY, source_arn TEXT NOT NULL, destination_arn TEXT, started_ms INTEGER NOT NULL,
  moved INTEGER NOT NULL, to_move INTEGER NOT NULL, failure TEXT)`

/**
 * StartMessageMoveTask and ListMessageMoveTasks: what a dead-letter queue holds goes back where it came from,
 * or to one destination. On one machine a task is over when its start is answered.
 */
export function moveTaskOperations(
  { queues, messages }: OperationContext,
  { state, clock }: { state: State; clock: Clock },
): Record<string, Operation> {
  state.define(schema)

  function move(
    sourceArn: string,
    destinationArn: string | undefined,
  ): { moved: number; toMove: number; failure?: string } {
    const destination = destinationArn === undefined ? undefined : queues.byArn(destinationArn)
    const buried = messages.buried(queues.byArn(sourceArn))
    for (const [moved, message] of buried.entries()) {
      const target =
        destination ?? (message.source === undefined ? undefined : queues.find(message.source.split(':').at(-1)!))
      if (!target) return { moved, toMove: buried.length, failure: 'CouldNotDetermineMessageSource' }
      messages.redrive(message.id, target)
    }
    return { moved: buried.length, toMove: buried.length }
  }

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
        optionalInteger(input.MaxNumberOfMessagesPerSecond, 'MaxNumberOfMessagesPerSecond', 1, 500)
        requireDeadLetterQueue(input.SourceArn)
        const TaskHandle = Buffer.from(`${input.SourceArn} ${randomUUID()}`).toString('base64')
        state.transaction(() => {
          const { moved, toMove, failure } = move(input.SourceArn, input.DestinationArn)
          state.run(
            'INSERT INTO sqs_move_task VALUES (?, ?, ?, ?, ?, ?, ?)',
            TaskHandle,
            input.SourceArn,
            input.DestinationArn ?? null,
            clock.now(),
            moved,
            toMove,
            failure ?? null,
          )
        })
        return { TaskHandle }
      },
    },
    ListMessageMoveTasks: {
      access: ({ SourceArn }) => [{ action: 'sqs:ListMessageMoveTasks', resource: String(SourceArn) }],
      handle: (input: { SourceArn: string; MaxResults?: number }) => {
        requireDeadLetterQueue(input.SourceArn)
        const rows = state.all<TaskRow>(
          'SELECT * FROM sqs_move_task WHERE source_arn = ? ORDER BY started_ms DESC, rowid DESC LIMIT ?',
          input.SourceArn,
          optionalInteger(input.MaxResults, 'MaxResults', 1, 10) ?? 1,
        )
        return { Results: rows.map(described) }
      },
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

const described = (row: TaskRow) => ({
  TaskHandle: row.handle,
  Status: row.failure === null ? 'COMPLETED' : 'FAILED',
  SourceArn: row.source_arn,
  ...(row.destination_arn !== null && { DestinationArn: row.destination_arn }),
  ApproximateNumberOfMessagesMoved: row.moved,
  ApproximateNumberOfMessagesToMove: row.to_move,
  StartedTimestamp: row.started_ms,
  ...(row.failure !== null && { FailureReason: row.failure }),
})
