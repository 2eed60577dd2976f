import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import type { MessageStore } from './message-store.ts'
import { invalidParameter, missingParameter, optionalInteger } from './queue-attributes.ts'
import type { QueueStore } from './queue-store.ts'

interface MoveTask {
  readonly handle: string
  readonly sourceArn: string
  readonly destinationArn: string
  readonly startedMs: number
  /** Undefined: all messages in one step. */
  readonly perSecond: number | undefined
  readonly toMove: number
  moved: number
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED'
  cancel: Cancel
}

const stepMs = 1000

interface StartInput {
  readonly SourceArn: string
  readonly DestinationArn?: string
  readonly MaxNumberOfMessagesPerSecond?: number
}

/**
 * Moves the messages of dead-letter queues. A task without a rate is complete when StartMessageMoveTask returns; one with
 * a rate moves that many messages a second and can be cancelled. Tasks end with the process: messages that were not moved
 * remain in the dead-letter queue.
 */
export class MoveTasks {
  readonly operations: Record<string, Operation> = {
    StartMessageMoveTask: {
      access: ({ SourceArn, DestinationArn }) => [
        ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
          action: `sqs:${action}`,
          resource: String(SourceArn),
        })),
        ...(DestinationArn === undefined ? [] : [{ action: 'sqs:SendMessage', resource: String(DestinationArn) }]),
      ],
      handle: (input: StartInput) => ({ TaskHandle: this.#start(input) }),
    },
    ListMessageMoveTasks: {
      access: ({ SourceArn }) => [{ action: 'sqs:ListMessageMoveTasks', resource: String(SourceArn) }],
      handle: (input: { SourceArn: string; MaxResults?: number }) => {
        const count = optionalInteger(input.MaxResults, 'MaxResults', 1, 10) ?? 1
        return { Results: this.#latest(this.#deadLetterQueue(input.SourceArn).arn).slice(0, count).map(toResult) }
      },
    },
    CancelMessageMoveTask: {
      access: ({ TaskHandle }) => [{ action: 'sqs:CancelMessageMoveTask', resource: sourceOf(TaskHandle) }],
      handle: ({ TaskHandle }: { TaskHandle: string }) => {
        const task = this.#tasks.find(({ handle, status }) => handle === TaskHandle && status === 'RUNNING')
        if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', { statusCode: 404 })
        task.cancel()
        task.status = 'CANCELLED'
        return { ApproximateNumberOfMessagesMoved: task.moved }
      },
    },
  }
  readonly #state: State
  readonly #clock: Clock
  readonly #queues: QueueStore
  readonly #messages: MessageStore
  readonly #tasks: MoveTask[] = []

  constructor(options: { state: State; clock: Clock; queues: QueueStore; messages: MessageStore }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#queues = options.queues
    this.#messages = options.messages
  }

  stop(): void {
    for (const task of this.#tasks) task.cancel()
  }

  /** @returns the task's handle, which starts with the ARN of the source queue */
  #start(input: StartInput): string {
    requireParameters(input, ['SourceArn', 'DestinationArn', 'MaxNumberOfMessagesPerSecond'])
    const source = this.#deadLetterQueue(input.SourceArn)
    const rate = 'MaxNumberOfMessagesPerSecond'
    const perSecond = optionalInteger(input[rate], rate, 1, 500)
    if (input.DestinationArn === undefined) {
      throw invalidParameter(undefined, 'DestinationArn', 'Not emulated without one: moves to the source queues.')
    }
    const destinationArn = this.#queues.byArn(input.DestinationArn).arn
    if (this.#latest(source.arn)[0]?.status === 'RUNNING') {
      throw new AwsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      )
    }
    const task: MoveTask = {
      handle: Buffer.from(`${source.arn} ${randomUUID()}`).toString('base64'),
      sourceArn: source.arn,
      destinationArn,
      startedMs: this.#clock.now(),
      perSecond,
      toMove: this.#messages.depth(source).visible,
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
    const [source, target] = [this.#queues.byArn(task.sourceArn), this.#queues.byArn(task.destinationArn)]
    const limit = Math.min(task.perSecond ?? Infinity, task.toMove - task.moved)
    const moved = this.#state.transaction(() => this.#messages.redrive(source, target, limit))
    task.moved += moved
    if (moved === 0 || task.moved >= task.toMove) task.status = 'COMPLETED'
    else task.cancel = this.#clock.schedule(stepMs, () => this.#step(task))
  }

  /** Newest first. */
  #latest(sourceArn: string): MoveTask[] {
    return this.#tasks.filter((task) => task.sourceArn === sourceArn).toReversed()
  }

  #deadLetterQueue(arn: unknown) {
    if (typeof arn !== 'string') throw missingParameter('SourceArn')
    const queue = this.#queues.byArn(arn)
    if (this.#queues.sourcesOf(arn).length > 0) return queue
    throw invalidParameter(arn, 'SourceArn', 'Source queue must be configured as a Dead Letter Queue.')
  }
}

const sourceOf = (handle: unknown): string => Buffer.from(String(handle), 'base64').toString('utf8').split(' ')[0]!

const toResult = (task: MoveTask) => ({
  // As on AWS, only a running task has a handle.
  TaskHandle: task.status === 'RUNNING' ? task.handle : undefined,
  Status: task.status,
  SourceArn: task.sourceArn,
  DestinationArn: task.destinationArn,
  MaxNumberOfMessagesPerSecond: task.perSecond,
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  StartedTimestamp: task.startedMs,
})
