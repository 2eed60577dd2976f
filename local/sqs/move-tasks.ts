import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { invalidParameter, missingParameter, optionalInteger } from './message.ts'
import type { MessageStore } from './message-store.ts'
import type { Queue, QueueStore } from './queue-store.ts'

/** In the format of the API. */
interface MoveTask {
  readonly TaskHandle: string
  Status: 'RUNNING' | 'COMPLETED' | 'CANCELLED'
  readonly SourceArn: string
  readonly DestinationArn: string
  /** Undefined: all messages in one step. */
  readonly MaxNumberOfMessagesPerSecond: number | undefined
  ApproximateNumberOfMessagesMoved: number
  readonly ApproximateNumberOfMessagesToMove: number
  readonly StartedTimestamp: number
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
        const tasks = this.#latest(this.#deadLetterQueue(SourceArn)).slice(0, count)
        // As on AWS, only a running task has a handle.
        return { Results: tasks.map((task) => (task.Status === 'RUNNING' ? task : { ...task, TaskHandle: undefined })) }
      },
    },
    CancelMessageMoveTask: {
      access: ({ TaskHandle }) => [onQueue('CancelMessageMoveTask', sourceOf(TaskHandle))],
      handle: (input) => {
        const task = this.#tasks.find(
          ({ TaskHandle, Status }) => TaskHandle === input.TaskHandle && Status === 'RUNNING',
        )
        if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', { statusCode: 404 })
        this.#timers.get(task)?.()
        task.Status = 'CANCELLED'
        return { ApproximateNumberOfMessagesMoved: task.ApproximateNumberOfMessagesMoved }
      },
    },
  }
  readonly #options: { state: State; clock: Clock; queues: QueueStore; messages: MessageStore }
  readonly #tasks: MoveTask[] = []
  readonly #timers = new Map<MoveTask, Cancel>()

  constructor(options: { state: State; clock: Clock; queues: QueueStore; messages: MessageStore }) {
    this.#options = options
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
  }

  /** @returns the task's handle, which starts with the ARN of the source queue */
  #start(input: { SourceArn?: string; DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number }): string {
    const { queues, messages, clock } = this.#options
    requireParameters(input, ['SourceArn', 'DestinationArn', 'MaxNumberOfMessagesPerSecond'])
    const source = this.#deadLetterQueue(input.SourceArn)
    const { MaxNumberOfMessagesPerSecond } = input
    optionalInteger(MaxNumberOfMessagesPerSecond, 'MaxNumberOfMessagesPerSecond', 1, 500)
    if (input.DestinationArn === undefined)
      throw invalidParameter(undefined, 'DestinationArn', 'Not emulated without one: moves to the source queues.')
    const destination = queues.byArn(input.DestinationArn)
    if (this.#latest(source)[0]?.Status === 'RUNNING')
      throw new AwsError('InvalidParameterValue', `There is already a task running for ${source.arn}.`)
    const task: MoveTask = {
      TaskHandle: Buffer.from(`${source.arn} ${randomUUID()}`).toString('base64'),
      Status: 'RUNNING',
      SourceArn: source.arn,
      DestinationArn: destination.arn,
      MaxNumberOfMessagesPerSecond,
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: messages.depth(source).visible,
      StartedTimestamp: clock.now(),
    }
    this.#tasks.push(task)
    this.#step(task, source, destination)
    return task.TaskHandle
  }

  /** Moves the messages that the rate allows now, and schedules the next step of a task that is not complete. */
  #step(task: MoveTask, source: Queue, destination: Queue): void {
    const { state, clock, messages } = this.#options
    const left = task.ApproximateNumberOfMessagesToMove - task.ApproximateNumberOfMessagesMoved
    const limit = Math.min(task.MaxNumberOfMessagesPerSecond ?? Infinity, left)
    const moved = state.transaction(() => messages.redrive(source, destination, limit))
    task.ApproximateNumberOfMessagesMoved += moved
    if (moved === 0 || moved === left) task.Status = 'COMPLETED'
    else
      this.#timers.set(
        task,
        clock.schedule(stepMs, () => this.#step(task, source, destination)),
      )
  }

  /** Newest first. */
  #latest({ arn }: Queue): MoveTask[] {
    return this.#tasks.filter(({ SourceArn }) => SourceArn === arn).toReversed()
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
