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

/** How often SQS may not show a task that it has started before it is believed to be gone. */
const mostUnseen = 10

const isUnderWay = ({ Status }: Task): boolean => Status === 'RUNNING' || Status === 'CANCELLING'

/** The task that moves messages out of this queue at the moment. SQS runs one at a time. */
export async function runningTask(sqs: Sqs, SourceArn: string): Promise<Task | undefined> {
  const latest = await latestTask(sqs, SourceArn)
  return latest && isUnderWay(latest) ? latest : undefined
}

/** @returns what tells this task from the one before it, for {@link followTask} */
export async function startTask(
  sqs: Sqs,
  task: { sourceArn: string; destinationArn: string; messagesPerSecond: number | undefined },
): Promise<{ after: Task | undefined }> {
  const after = await latestTask(sqs, task.sourceArn)
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: task.sourceArn,
      // Said always: messages that the bus put there came from no queue, and SQS could not tell where they belong.
      DestinationArn: task.destinationArn,
      MaxNumberOfMessagesPerSecond: task.messagesPerSecond,
    }),
  )
  return { after }
}

/**
 * Tells how far the latest task is until it is over; Ctrl-C cancels it.
 * @param started.after the task before the one to be followed, which a list may still show for a moment
 * @returns the exit code
 */
export async function followTask(
  sqs: Sqs,
  sourceArn: string,
  session: Follower,
  started: { after: Task | undefined } = { after: undefined },
): Promise<number> {
  let told = ''
  let cancelled = false
  let unseen = 0
  for (;;) {
    const task = await latestTask(sqs, sourceArn)
    if (task === undefined || (task.StartedTimestamp === started.after?.StartedTimestamp && unseen < mostUnseen)) {
      if ((unseen += 1) > mostUnseen) return lostSight(session)
      await pause(askEveryMs, session.signal)
      continue
    }
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

function lostSight({ say }: Follower): number {
  say('SQS does not tell of the task that it has started: look with npm run ops -- dlq list.')
  return failed
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
