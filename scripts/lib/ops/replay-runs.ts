import {
  CancelReplayCommand,
  DescribeEventBusCommand,
  DescribeReplayCommand,
  ListArchivesCommand,
  StartReplayCommand,
  type ReplayState,
} from '@aws-sdk/client-eventbridge'
import { UsageError } from '../deployment.ts'
import type { Events } from './bus-rules.ts'
import { progressPercent, type Archive, type Period } from './replay-plan.ts'
import { failed, interrupted, pause, type Session } from './session.ts'

export interface Run {
  readonly name: string
  readonly state: ReplayState
  readonly reason: string | undefined
  readonly lastReplayed: Date | undefined
  readonly endedAt: Date | undefined
}

const askEveryMs = 2000

export const isUnderWay = ({ state }: Run): boolean => ['STARTING', 'RUNNING', 'CANCELLING'].includes(state)

/** @throws UsageError when the bus has no archive */
export async function archiveOf(events: Events, busName: string): Promise<{ archive: Archive; busArn: string }> {
  const { Arn } = await events.send(new DescribeEventBusCommand({ Name: busName }))
  const { Archives = [] } = await events.send(new ListArchivesCommand({ EventSourceArn: Arn }))
  const found = Archives.find(({ State }) => State === 'ENABLED')
  if (!found) throw new UsageError(`The bus ${busName} has no archive that is enabled: nothing can be replayed.`)
  return {
    busArn: Arn!,
    archive: {
      name: found.ArchiveName!,
      // Its list names archives without their ARNs, which differ from the bus's in the last part.
      arn: `${Arn!.slice(0, Arn!.lastIndexOf(':'))}:archive/${found.ArchiveName}`,
      retentionDays: found.RetentionDays ?? 0,
      events: found.EventCount ?? 0,
    },
  }
}

/** The latest of the replays that were asked for by the same names, and the name of the next one. */
export async function attemptsOf(
  events: Events,
  nameOfAttempt: (attempt: number) => string,
): Promise<{ latest: Run | undefined; next: string }> {
  let latest: Run | undefined
  for (let attempt = 1; ; attempt += 1) {
    const next = nameOfAttempt(attempt)
    const run = await findRun(events, next)
    if (!run) return { latest, next }
    latest = run
  }
}

export async function startReplay(
  events: Events,
  replay: Period & { name: string; archive: Archive; busArn: string; ruleArns: readonly string[] },
): Promise<void> {
  await events.send(
    new StartReplayCommand({
      ReplayName: replay.name,
      Description: 'By npm run ops -- replay',
      EventSourceArn: replay.archive.arn,
      EventStartTime: replay.from,
      EventEndTime: replay.to,
      Destination: { Arn: replay.busArn, FilterArns: replay.ruleArns.length === 0 ? undefined : [...replay.ruleArns] },
    }),
  )
}

/**
 * Tells how far a replay is until it is over; Ctrl-C cancels it.
 * @returns the exit code
 */
export async function followReplay(
  events: Events,
  name: string,
  period: Period,
  session: Pick<Session, 'signal' | 'say' | 'print'>,
): Promise<number> {
  let told = ''
  let cancelled = false
  for (;;) {
    const run = (await findRun(events, name))!
    if (!isUnderWay(run)) return concluded(run, session)
    const progress = `${run.state.toLowerCase()}, ${progressPercent(period, run.lastReplayed)} % of the time`
    if (progress !== told) session.say((told = progress))
    if (session.signal.aborted && !cancelled) {
      cancelled = true
      session.say('Cancelling; what was replayed stays so.')
      await cancel(events, name)
    }
    // After Ctrl-C the pause would be none at all.
    await pause(askEveryMs, cancelled ? new AbortController().signal : session.signal)
  }
}

async function cancel(events: Events, ReplayName: string): Promise<void> {
  try {
    await events.send(new CancelReplayCommand({ ReplayName }))
  } catch (error) {
    // It may have come to its end meanwhile: then there is nothing to cancel, and the next look tells.
    if ((error as Error).name !== 'IllegalStatusException') throw error
  }
}

function concluded({ name, state, reason }: Run, { say, print }: Pick<Session, 'say' | 'print'>): number {
  if (state === 'COMPLETED') {
    print(`${name} has completed. What the consumers could not handle: npm run ops -- dlq list`)
    return 0
  }
  say(`${name} is ${state.toLowerCase()}${reason ? `: ${reason}` : ''}. The same command starts it anew.`)
  return state === 'CANCELLED' ? interrupted : failed
}

async function findRun(events: Events, ReplayName: string): Promise<Run | undefined> {
  try {
    const found = await events.send(new DescribeReplayCommand({ ReplayName }))
    return {
      name: ReplayName,
      state: found.State!,
      reason: found.StateReason,
      lastReplayed: found.EventLastReplayedTime,
      endedAt: found.ReplayEndTime,
    }
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined
    throw error
  }
}
