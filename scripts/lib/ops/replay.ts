import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { archivedWithinMs, checkPeriod, replayName, type Archive, type Period } from './replay-plan.ts'
import {
  archiveOf,
  attemptsOf,
  followReplay,
  isRunning,
  rulesNamed,
  rulesOf,
  startReplay,
  type BusRule,
} from './replay-runs.ts'
import { failed, type Session } from './session.ts'
import { counted } from './text.ts'

export interface ReplayRequest extends Period {
  /** Names of rules or consumers; empty: all rules. */
  readonly rules: readonly string[]
  /** Replay again even if the same replay has completed. */
  readonly again: boolean
}

export async function replay(session: Session, request: ReplayRequest): Promise<number> {
  const { deployment, say } = session
  const prefix = deployment.eventBusName
  const events = new EventBridgeClient(deployment.clientConfiguration)
  const { archive, busArn } = await archiveOf(events, prefix)
  checkPeriod(request, archive, session.now())
  const all = await rulesOf(events, prefix)
  const rules = request.rules.length === 0 ? all : rulesNamed(all, request.rules, prefix)
  // Without a filter for all rules, so that adding a rule does not change the name of the request.
  const ruleArns = request.rules.length === 0 ? [] : rules.map(({ arn }) => arn)

  const attempts = await attemptsOf(events, (attempt) => replayName(request, ruleArns, attempt))
  const latest = attempts.latest
  if (latest && isRunning(latest)) {
    say(session.place)
    say(`${latest.name} is already running; following it.`)
    return followReplay(events, latest.name, request, session)
  }
  if (latest?.state === 'COMPLETED' && !request.again) {
    session.print(`${latest.name} completed at ${latest.endedAt?.toISOString()}; --again replays it again.`)
    return 0
  }
  if (!(await session.confirm(planOf(request, archive, rules, session.now())))) return failed
  await startReplay(events, { name: attempts.next, archive, busArn, ruleArns, ...request })
  return followReplay(events, attempts.next, request, session)
}

function planOf({ from, to }: Period, archive: Archive, rules: readonly BusRule[], now: Date): string[] {
  return [
    `Replay the events from ${from.toISOString()} to ${to.toISOString()} to ${counted(rules.length, 'rule')}.`,
    ...rules.map(({ name, targets }) => `  ${targets.join(', ')}  by ${name}`),
    `They come from the archive ${archive.name}, which has ${counted(archive.events, 'event')} in total.`,
    'Consumers store the ids of handled events for at least 35 days and ignore duplicates.',
    ...(now.getTime() - to.getTime() < archivedWithinMs
      ? ['Events of the last ten minutes may not be archived yet and would not be replayed.']
      : []),
  ]
}
