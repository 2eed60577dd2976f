import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { MessageStore } from './message-store.ts'
import type { QueueStore } from './queue-store.ts'

export interface MoveTask {
  readonly handle: string
  readonly source_arn: string
  readonly destination_arn: string | null
  readonly started_ms: number
  /** Null: all messages in one step. */
  readonly per_second: number | null
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
  readonly moved: number
  readonly to_move: number
  readonly failure: string | null
}

/** Drops the table of an earlier format, which had no rate and no status. */
const schema = `
DROP TABLE IF EXISTS sqs_move_task;
CREATE TABLE IF NOT EXISTS sqs_message_move (
  handle TEXT PRIMARY KEY, source_arn TEXT NOT NULL, destination_arn TEXT, started_ms INTEGER NOT NULL,
  per_second INTEGER, status TEXT NOT NULL, moved INTEGER NOT NULL, to_move INTEGER NOT NULL, failure TEXT)`

const stepMs = 1000

/**
 * Moves the messages of dead-letter queues. A task without a rate is complete when StartMessageMoveTask returns; one with
 * a rate moves that many messages a second, continues after a restart, and can be cancelled while it runs.
 */
export class MoveTasks {
  readonly #state: State
  readonly #clock: Clock
  readonly #queues: QueueStore
  readonly #messages: MessageStore
  readonly #timers = new Map<string, Cancel>()

  constructor(options: { state: State; clock: Clock; queues: QueueStore; messages: MessageStore }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#queues = options.queues
    this.#messages = options.messages
    this.#state.define(schema)
    for (const { handle } of this.#state.all<MoveTask>(`SELECT * FROM sqs_message_move WHERE status = 'RUNNING'`))
      this.#schedule(handle)
  }

  /** @returns the task's handle @throws AwsError when a task of this queue is running, or a queue does not exist */
  start(sourceArn: string, destinationArn: string | undefined, perSecond: number | undefined): string {
    if (this.latest(sourceArn, 1)[0]?.status === 'RUNNING') {
      throw new AwsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      )
    }
    if (destinationArn !== undefined) this.#queues.byArn(destinationArn)
    const toMove = this.#messages.visibleMessages(this.#queues.byArn(sourceArn)).length
    const handle = Buffer.from(`${sourceArn} ${randomUUID()}`).toString('base64')
    this.#state.transaction(() => {
      this.#state.run(
        `INSERT INTO sqs_message_move VALUES (?, ?, ?, ?, ?, 'RUNNING', 0, ?, NULL)`,
        handle,
        sourceArn,
        destinationArn ?? null,
        this.#clock.now(),
        perSecond ?? null,
        toMove,
      )
      this.#step(handle)
    })
    return handle
  }

  /** The tasks of a queue, newest first. */
  latest(sourceArn: string, count: number): MoveTask[] {
    return this.#state.all<MoveTask>(
      'SELECT * FROM sqs_message_move WHERE source_arn = ? ORDER BY started_ms DESC, rowid DESC LIMIT ?',
      sourceArn,
      count,
    )
  }

  /** @throws AwsError when no task with this handle is running */
  cancel(handle: string): MoveTask {
    const task = this.#find(handle)
    if (task?.status !== 'RUNNING')
      throw new AwsError('ResourceNotFoundException', 'Task does not exist.', { statusCode: 404 })
    this.#timers.get(handle)?.()
    this.#state.run(`UPDATE sqs_message_move SET status = 'CANCELLED' WHERE handle = ?`, handle)
    return task
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
  }

  #find(handle: string): MoveTask | undefined {
    return this.#state.get<MoveTask>('SELECT * FROM sqs_message_move WHERE handle = ?', handle)
  }

  #schedule(handle: string): void {
    const next = () => this.#state.transaction(() => this.#step(handle))
    this.#timers.set(handle, this.#clock.schedule(stepMs, next))
  }

  /** Moves the messages that the rate allows now, and schedules the next step of a task that is not complete. */
  #step(handle: string): void {
    this.#timers.delete(handle)
    const task = this.#find(handle)!
    const { moved, failure } = this.#move(task)
    const total = task.moved + moved
    const status = failure !== null ? 'FAILED' : moved === 0 || total >= task.to_move ? 'COMPLETED' : 'RUNNING'
    this.#state.run(
      'UPDATE sqs_message_move SET status = ?, moved = ?, failure = ? WHERE handle = ?',
      status,
      total,
      failure,
      handle,
    )
    if (status === 'RUNNING') this.#state.afterCommit(() => this.#schedule(handle))
  }

  #move(task: MoveTask): { moved: number; failure: string | null } {
    let moved = 0
    try {
      const destination = task.destination_arn === null ? undefined : this.#queues.byArn(task.destination_arn)
      const messages = this.#messages.visibleMessages(this.#queues.byArn(task.source_arn))
      for (const { id, source } of messages.slice(0, task.per_second ?? task.to_move)) {
        const target = destination ?? (source === undefined ? undefined : this.#queues.find(source.split(':').at(-1)!))
        if (!target) return { moved, failure: 'CouldNotDetermineMessageSource' }
        this.#messages.redrive(id, target)
        moved += 1
      }
      return { moved, failure: null }
    } catch (error) {
      // A queue was deleted while the task was running.
      if (!(error instanceof AwsError)) throw error
      return { moved, failure: error.name }
    }
  }
}
