import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
  type ListMessageMoveTasksResultEntry,
} from '@aws-sdk/client-sqs'
import type { Sqs } from './dead-letter-queues.ts'
import { failed, interrupted, pause, type Session } from './session.ts'

type Task = ListMessageMoveTasksResultEntry
type Follower = Pick<Session, 'signal' | 'say'>

const askEveryMs = 1000

const isUnderWay = ({ Status }: Task): boolean => Status === 'RUNNING' || Status === 'CANCELLING'

/** The task that moves messages out of this queue at the moment. SQS runs one at a time. */
export async function runningTask(sqs: Sqs, SourceArn: string): Promise<Task | undefined> {
  const latest = await latestTask(sqs, SourceArn)
  return latest && isUnderWay(latest) ? latest : undefined
}

export async function startTask(
  sqs: Sqs,
  task: { sourceArn: string; destinationArn: string; messagesPerSecond: number | undefined },
): Promise<void> {
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: task.sourceArn,
      // Said always: messages that the bus put there came from no queue, and SQS could not tell where they belong.
      DestinationArn: task.destinationArn,
      MaxNumberOfMessagesPerSecond: task.messagesPerSecond,
    }),
  )
}

/**
 * Tells how far the latest task is until it is over; Ctrl-C cancels it.
 * @returns the exit code
 */
export async function followTask(sqs: Sqs, sourceArn: string, session: Follower): Promise<number> {
  let told = ''
  let cancelled = false
  for (;;) {
    const task = (await latestTask(sqs, sourceArn))!
    const progress = `${task.ApproximateNumberOfMessagesMoved ?? 0} of ${task.ApproximateNumberOfMessagesToMove ?? '?'} moved`
    if (progress !== told) session.say((told = progress))
    if (!isUnderWay(task)) return concluded(task, session)
    if (session.signal.aborted && !cancelled) {
      cancelled = true
      await cancel(sqs, task, session)
    }
    // After Ctrl-C the pause would be none at all.
    await pause(askEveryMs, cancelled ? new AbortController().signal : session.signal)
  }
}

async function cancel(sqs: Sqs, task: Task, session: Follower): Promise<void> {
  if (task.Status !== 'RUNNING' || task.TaskHandle === undefined) return
  session.say('Cancelling; what is moved stays moved.')
  try {
    await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: task.TaskHandle }))
  } catch (error) {
    // It may have come to its end meanwhile: then there is nothing to cancel, and the next look tells.
    if ((error as Error).name !== 'ResourceNotFoundException') throw error
  }
}

function concluded(task: Task, { say }: Follower): number {
  if (task.Status === 'COMPLETED') return 0
  if (task.Status === 'CANCELLED') {
    say('Cancelled. The same command goes on with the rest.')
    return interrupted
  }
  say(`The move has failed: ${task.FailureReason ?? 'SQS names no reason'}. What is not moved is still there.`)
  return failed
}

async function latestTask(sqs: Sqs, SourceArn: string): Promise<Task | undefined> {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }))
  return Results[0]
}
