import {
  CancelReplayCommand,
  DescribeEventBusCommand,
  DescribeReplayCommand,
  ListArchivesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  StartReplayCommand,
  type EventBridgeClient,
  type ReplayState,
} from '@aws-sdk/client-eventbridge'
import { unless } from '../aws-errors.ts'
import { CommandError } from '../errors.ts'
import { itemsIn, pagesOf } from '../pages.ts'
import { nameOf } from './dead-letter-queues.ts'
import { progressPercent, type Archive, type Period } from './replay-plan.ts'
import { failed, interrupted, pause, type Session } from './session.ts'

interface Run {
  readonly name: string
  readonly state: ReplayState
  readonly reason: string | undefined
  readonly lastReplayed: Date | undefined
  readonly endedAt: Date | undefined
}

const pollIntervalMs = 2000

export const isRunning = ({ state }: Run): boolean => ['STARTING', 'RUNNING', 'CANCELLING'].includes(state)

/** @throws CommandError when the bus has no archive */
export async function archiveOf(events: Events, busName: string): Promise<{ archive: Archive; busArn: string }> {
  const { Arn } = await events.send(new DescribeEventBusCommand({ Name: busName }))
  const { Archives = [] } = await events.send(new ListArchivesCommand({ EventSourceArn: Arn }))
  const found = Archives.find(({ State }) => State === 'ENABLED')
  if (!found) throw new CommandError(`The bus ${busName} has no enabled archive, so events cannot be replayed.`)
  return {
    busArn: Arn!,
    archive: {
      name: found.ArchiveName!,
      // The list has no ARNs, which differ from the bus's in the last part.
      arn: `${Arn!.slice(0, Arn!.lastIndexOf(':'))}:archive/${found.ArchiveName}`,
      retentionDays: found.RetentionDays ?? 0,
      events: found.EventCount ?? 0,
    },
  }
}

/** The latest replay of the same request, and the name of the next one. */
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
 * Prints the progress of a replay until it ends; Ctrl-C cancels it.
 * @returns the exit code
 */
export async function followReplay(
  events: Events,
  name: string,
  period: Period,
  session: Pick<Session, 'signal' | 'say' | 'print'>,
): Promise<number> {
  let printed = ''
  let cancelled = false
  for (;;) {
    const run = (await findRun(events, name))!
    if (!isRunning(run)) return concluded(run, session)
    const progress = `${run.state.toLowerCase()}, ${progressPercent(period, run.lastReplayed)} % of the time`
    if (progress !== printed) session.say((printed = progress))
    if (session.signal.aborted && !cancelled) {
      cancelled = true
      session.say('Cancelling; replayed events stay replayed.')
      // It may have ended in the meantime, which the next poll shows.
      await unless('IllegalStatusException', events.send(new CancelReplayCommand({ ReplayName: name })))
    }
    // The aborted signal would end every pause immediately.
    await pause(pollIntervalMs, cancelled ? new AbortController().signal : session.signal)
  }
}

function concluded({ name, state, reason }: Run, { say, print }: Pick<Session, 'say' | 'print'>): number {
  if (state === 'COMPLETED') {
    print(`${name} has completed. Events that a consumer could not handle: npm run ops -- dlq list`)
    return 0
  }
  say(`${name} is ${state.toLowerCase()}${reason ? `: ${reason}` : ''}. Repeat the command to start it again.`)
  return state === 'CANCELLED' ? interrupted : failed
}

async function findRun(events: Events, ReplayName: string): Promise<Run | undefined> {
  const found = await unless('ResourceNotFoundException', events.send(new DescribeReplayCommand({ ReplayName })))
  return (
    found && {
      name: ReplayName,
      state: found.State!,
      reason: found.StateReason,
      lastReplayed: found.EventLastReplayedTime,
      endedAt: found.ReplayEndTime,
    }
  )
}

type Events = Pick<EventBridgeClient, 'send'>

export interface BusRule {
  readonly name: string
  readonly arn: string
  /** Names of its queues and functions. */
  readonly targets: readonly string[]
}

/** The enabled rules of a bus, without those that AWS manages for archives. */
export async function rulesOf(events: Events, EventBusName: string): Promise<BusRule[]> {
  const pages = pagesOf((NextToken) => events.send(new ListRulesCommand({ EventBusName, NextToken })))
  const rules: BusRule[] = []
  for (const { Name, Arn, State, ManagedBy } of await itemsIn(pages, ({ Rules }) => Rules)) {
    if (State !== 'ENABLED' || ManagedBy !== undefined) continue
    rules.push({ name: Name!, arn: Arn!, targets: await targetsOf(events, EventBusName, Name!) })
  }
  return rules
}

/** A rule has at most five targets, which fit into one page. */
async function targetsOf(events: Events, EventBusName: string, Rule: string): Promise<string[]> {
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ EventBusName, Rule }))
  return Targets.map(({ Arn }) => nameOf(Arn!))
}

/**
 * Finds rules by their own name or by that of their consumer, with or without the stage's prefix. A consumer of events
 * of several sources has several rules.
 * @throws CommandError naming the existing rules
 */
export function rulesNamed(rules: readonly BusRule[], names: readonly string[], prefix: string): BusRule[] {
  const chosen = names.flatMap((name) => {
    const found = rules.filter(
      (rule) => rule.name === name || rule.targets.some((target) => target === name || target === `${prefix}-${name}`),
    )
    if (found.length > 0) return found
    const existing = rules.map((rule) => `${rule.targets.join(', ')} (${rule.name})`).join(', ') || 'none'
    throw new CommandError(`${prefix} has no rule or consumer ${name}. Available: ${existing}.`)
  })
  return [...new Set(chosen)]
}
