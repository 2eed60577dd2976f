import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { invalidParameter, missingParameter, optionalInteger } from './message.ts'
import type { MessageStore } from './message-store.ts'
import type { Queue, QueueStore } from './queue-store.ts'

interface MoveTask {
  readonly handle: string
  readonly source: Queue
  readonly destination: Queue
  readonly startedMs: number
  /** Undefined: all messages in one step. */
  readonly perSecond: number | undefined
  readonly toMove: number
  moved: number
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED'
  cancel: Cancel
}

const stepMs = 1000

/**
 * Moves the messages of dead-letter queues. A task without a rate is complete when StartMessageMoveTask returns; one with
 * a rate moves that many messages a second and can be cancelled. Tasks end with the process: messages that were not moved
 * remain in the dead-letter queue.
 */
export class MoveTasks {
  readonly operations: Record<string, Operation> = {
    StartMessageMoveTask: {
      access: ({ SourceArn, DestinationArn }) => [
        ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) =>
          onQueue(action, SourceArn),
        ),
        ...(DestinationArn === undefined ? [] : [onQueue('SendMessage', DestinationArn)]),
      ],
      handle: (input) => ({ TaskHandle: this.#start(input) }),
    },
    ListMessageMoveTasks: {
      access: ({ SourceArn }) => [onQueue('ListMessageMoveTasks', SourceArn)],
      handle: ({ SourceArn, MaxResults }) => {
        const count = optionalInteger(MaxResults, 'MaxResults', 1, 10) ?? 1
        return { Results: this.#latest(this.#deadLetterQueue(SourceArn)).slice(0, count).map(toResult) }
      },
    },
    CancelMessageMoveTask: {
      access: ({ TaskHandle }) => [onQueue('CancelMessageMoveTask', sourceOf(TaskHandle))],
      handle: ({ TaskHandle }) => {
        const task = this.#tasks.find(({ handle, status }) => handle === TaskHandle && status === 'RUNNING')
        if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', { statusCode: 404 })
        task.cancel()
        task.status = 'CANCELLED'
        return { ApproximateNumberOfMessagesMoved: task.moved }
      },
    },
  }
  readonly #options: { state: State; clock: Clock; queues: QueueStore; messages: MessageStore }
  readonly #tasks: MoveTask[] = []

  constructor(options: { state: State; clock: Clock; queues: QueueStore; messages: MessageStore }) {
    this.#options = options
  }

  stop(): void {
    for (const task of this.#tasks) task.cancel()
  }

  /** @returns the task's handle, which starts with the ARN of the source queue */
  #start(input: { SourceArn?: string; DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number }): string {
    const { queues, messages, clock } = this.#options
    requireParameters(input, ['SourceArn', 'DestinationArn', 'MaxNumberOfMessagesPerSecond'])
    const source = this.#deadLetterQueue(input.SourceArn)
    const rate = 'MaxNumberOfMessagesPerSecond'
    const perSecond = optionalInteger(input[rate], rate, 1, 500)
    if (input.DestinationArn === undefined)
      throw invalidParameter(undefined, 'DestinationArn', 'Not emulated without one: moves to the source queues.')
    const destination = queues.byArn(input.DestinationArn)
    if (this.#latest(source)[0]?.status === 'RUNNING') {
      throw new AwsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      )
    }
    const task: MoveTask = {
      handle: Buffer.from(`${source.arn} ${randomUUID()}`).toString('base64'),
      source,
      destination,
      startedMs: clock.now(),
      perSecond,
      toMove: messages.depth(source).visible,
      moved: 0,
      status: 'RUNNING',
      cancel: () => {},
    }
    this.#tasks.push(task)
    this.#step(task)
    return task.handle
  }

  /** Moves the messages that the rate allows now, and schedules the next step of a task that is not complete. */
  #step(task: MoveTask): void {
    const { state, clock, messages } = this.#options
    const limit = Math.min(task.perSecond ?? Infinity, task.toMove - task.moved)
    const moved = state.transaction(() => messages.redrive(task.source, task.destination, limit))
    task.moved += moved
    if (moved === 0 || task.moved >= task.toMove) task.status = 'COMPLETED'
    else task.cancel = clock.schedule(stepMs, () => this.#step(task))
  }

  /** Newest first. */
  #latest({ arn }: Queue): MoveTask[] {
    return this.#tasks.filter(({ source }) => source.arn === arn).toReversed()
  }

  #deadLetterQueue(arn: unknown): Queue {
    if (typeof arn !== 'string') throw missingParameter('SourceArn')
    const queue = this.#options.queues.byArn(arn)
    if (this.#options.queues.sourcesOf(arn).length > 0) return queue
    throw invalidParameter(arn, 'SourceArn', 'Source queue must be configured as a Dead Letter Queue.')
  }
}

const onQueue = (action: string, queueArn: unknown) => ({ action: `sqs:${action}`, resource: String(queueArn) })

const sourceOf = (handle: unknown) => Buffer.from(String(handle), 'base64').toString().split(' ')[0]

const toResult = ({ handle, status, source, destination, perSecond, moved, toMove, startedMs }: MoveTask) => ({
  // As on AWS, only a running task has a handle.
  TaskHandle: status === 'RUNNING' ? handle : undefined,
  Status: status,
  SourceArn: source.arn,
  DestinationArn: destination.arn,
  MaxNumberOfMessagesPerSecond: perSecond,
  ApproximateNumberOfMessagesMoved: moved,
  ApproximateNumberOfMessagesToMove: toMove,
  StartedTimestamp: startedMs,
})
