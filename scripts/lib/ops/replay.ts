import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { counted } from './counted.ts'
import { rulesNamed, rulesOf, type BusRule } from './bus-rules.ts'
import { archivedWithinMs, checkPeriod, replayName, type Archive, type Period } from './replay-plan.ts'
import { archiveOf, attemptsOf, followReplay, isUnderWay, startReplay } from './replay-runs.ts'
import { failed, type Session } from './session.ts'
import { noWords, subcommand, timeOf } from './subcommand.ts'

interface Request extends Period {
  readonly rules: readonly string[]
  readonly again: boolean
}

export const replay = subcommand({
  name: 'replay',
  usage: 'replay --from TIME --to TIME [--rule NAME]… [--again] [--yes]',
  help: `
Takes the events of a time from the bus's archive and hands them to its rules once more: to a consumer that was mended,
or that is new. Consumers know an event by its id for 35 days and the archive keeps 30, so that one which was handled
changes nothing the second time.

It asks first, shows how far it is, and Ctrl-C cancels it. Run again while the same replay runs, it follows that one; run
again after it, it starts none unless --again says so.

  --from TIME        the first time, like 2026-11-21T13:00:00Z
  --to TIME          the time it ends before, not in the future
  --rule NAME        only this rule, or the rules of this consumer (inventory-reserve-stock); may be repeated
  --again            once more, though the same replay has completed before
  --yes              do not ask`,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    rule: { type: 'string', multiple: true, default: [] },
    again: { type: 'boolean' },
  },
  request: ({ from, to, rule, again }, words): Request => {
    noWords(words)
    return { from: timeOf(from, '--from'), to: timeOf(to, '--to'), rules: rule, again: again ?? false }
  },
  run: runReplay,
})

async function runReplay(session: Session, request: Request): Promise<number> {
  const { deployment, say } = session
  const prefix = deployment.eventBusName
  const events = new EventBridgeClient(deployment.clientConfiguration)
  const { archive, busArn } = await archiveOf(events, prefix)
  checkPeriod(request, archive, session.now())
  const all = await rulesOf(events, prefix)
  const rules = request.rules.length === 0 ? all : rulesNamed(all, request.rules, prefix)
  // All rules by no name at all: what is asked for stays the same when a rule is added.
  const ruleArns = request.rules.length === 0 ? [] : rules.map(({ arn }) => arn)

  const attempts = await attemptsOf(events, (attempt) => replayName(request, ruleArns, attempt))
  const latest = attempts.latest
  if (latest && isUnderWay(latest)) {
    say(session.place)
    say(`${latest.name} runs already: this follows it.`)
    return followReplay(events, latest.name, request, session)
  }
  if (latest?.state === 'COMPLETED' && !request.again) {
    session.print(`${latest.name} has completed at ${latest.endedAt?.toISOString()}; --again does it once more.`)
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
    `They come from the archive ${archive.name}, which holds ${counted(archive.events, 'event')} in all.`,
    'Consumers know what they have handled by its id for 35 days: the same event changes nothing twice.',
    ...(now.getTime() - to.getTime() < archivedWithinMs
      ? ['The last ten minutes may not be archived yet: an event of then may be left out.']
      : []),
  ]
}
