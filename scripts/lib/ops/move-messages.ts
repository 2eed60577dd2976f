import {
  CancelMessageMoveTaskCommand,
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
  type ListMessageMoveTasksResultEntry,
  type Message,
} from '@aws-sdk/client-sqs'
import { unless } from '../aws-errors.ts'
import { withMessages, type Sqs } from './dead-letter-queues.ts'
import { failed, interrupted, pause, type Session } from './session.ts'

type Task = ListMessageMoveTasksResultEntry
type Follower = Pick<Session, 'signal' | 'say'>

const pollIntervalMs = 1000

/** How many polls may miss a started task before the command fails. */
const maxUnseen = 10

const isRunning = ({ Status }: Task): boolean => Status === 'RUNNING' || Status === 'CANCELLING'

/** The running task that moves messages out of this queue. SQS runs one at a time. */
export async function runningTask(sqs: Sqs, SourceArn: string): Promise<Task | undefined> {
  const latest = await latestTask(sqs, SourceArn)
  return latest && isRunning(latest) ? latest : undefined
}

/** @returns the previous task, which {@link followTask} ignores */
export async function startTask(
  sqs: Sqs,
  task: { sourceArn: string; destinationArn: string; messagesPerSecond: number | undefined },
): Promise<{ after: Task | undefined }> {
  const after = await latestTask(sqs, task.sourceArn)
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: task.sourceArn,
      // Always set: messages that the bus sent have no source queue to which SQS could return them.
      DestinationArn: task.destinationArn,
      MaxNumberOfMessagesPerSecond: task.messagesPerSecond,
    }),
  )
  return { after }
}

/**
 * Prints the progress of the latest task until it ends; Ctrl-C cancels it.
 * @param started.after the task before the one to follow, which SQS may still list for a short time
 * @returns the exit code
 */
export async function followTask(
  sqs: Sqs,
  sourceArn: string,
  session: Follower,
  started: { after: Task | undefined } = { after: undefined },
): Promise<number> {
  let printed = ''
  let cancelled = false
  let unseen = 0
  for (;;) {
    const task = await latestTask(sqs, sourceArn)
    if (task === undefined || (task.StartedTimestamp === started.after?.StartedTimestamp && unseen < maxUnseen)) {
      if ((unseen += 1) > maxUnseen) return notListed(session)
      await pause(pollIntervalMs, session.signal)
      continue
    }
    const progress = `${task.ApproximateNumberOfMessagesMoved ?? 0} of ${task.ApproximateNumberOfMessagesToMove ?? '?'} moved`
    if (progress !== printed) session.say((printed = progress))
    if (!isRunning(task)) return concluded(task, session)
    if (session.signal.aborted && !cancelled) {
      cancelled = true
      await cancel(sqs, task, session)
    }
    // The aborted signal would end every pause immediately.
    await pause(pollIntervalMs, cancelled ? new AbortController().signal : session.signal)
  }
}

async function cancel(sqs: Sqs, task: Task, session: Follower): Promise<void> {
  if (task.Status !== 'RUNNING' || task.TaskHandle === undefined) return
  session.say('Cancelling; moved messages stay moved.')
  // It may have ended in the meantime, which the next poll shows.
  const request = sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: task.TaskHandle }))
  await unless('ResourceNotFoundException', request)
}

function notListed({ say }: Follower): number {
  say('SQS does not list the started task: check with npm run ops -- dlq list.')
  return failed
}

function concluded(task: Task, { say }: Follower): number {
  if (task.Status === 'COMPLETED') return 0
  if (task.Status === 'CANCELLED') {
    say('Cancelled. Repeat the command to move the rest.')
    return interrupted
  }
  say(
    `The move has failed: ${task.FailureReason ?? 'SQS reports no reason'}. Messages that were not moved are unchanged.`,
  )
  return failed
}

async function latestTask(sqs: Sqs, SourceArn: string): Promise<Task | undefined> {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }))
  return Results[0]
}

/** How long the other messages stay invisible if this process crashes during the search. */
const hiddenSeconds = 120

/** SQS cannot receive a message by its id, so all are received. */
const maxReceived = 10_000

/**
 * Moves the messages with these ids, one after the other. Each is sent before it is
 * deleted, so that an interruption can duplicate a message but not lose one.
 * @returns the ids of the moved messages
 */
export async function moveMessages(
  sqs: Sqs,
  move: { fromUrl: string; toUrl: string; ids: ReadonlySet<string> },
  session: { signal: AbortSignal; say: (line: string) => void },
): Promise<string[]> {
  const moved: string[] = []
  const options = { limit: maxReceived, hiddenSeconds, signal: session.signal }
  await withMessages(sqs, move.fromUrl, options, async (messages) => {
    const wanted = messages.filter(({ MessageId }) => move.ids.has(MessageId!))
    for (const message of wanted) {
      if (session.signal.aborted) return
      await moveOne(sqs, message, move)
      moved.push(message.MessageId!)
      session.say(`${moved.length} of ${wanted.length} moved`)
    }
  })
  return moved
}

async function moveOne(sqs: Sqs, message: Message, { fromUrl, toUrl }: { fromUrl: string; toUrl: string }) {
  const { Body, MessageAttributes, ReceiptHandle } = message
  await sqs.send(new SendMessageCommand({ QueueUrl: toUrl, MessageBody: Body, MessageAttributes }))
  await sqs.send(new DeleteMessageCommand({ QueueUrl: fromUrl, ReceiptHandle }))
}
