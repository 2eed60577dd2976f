import { ListRulesCommand, ListTargetsByRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { UsageError } from '../deployment.ts'
import { nameOf } from './dead-letter-queues.ts'

export type Events = Pick<EventBridgeClient, 'send'>

export interface BusRule {
  readonly name: string
  readonly arn: string
  /** Names of the queues and functions that it sends to. */
  readonly targets: readonly string[]
}

/** The rules of a bus that take events at the moment. Archives have rules of AWS's own there, which are none of ours. */
export async function rulesOf(events: Events, EventBusName: string): Promise<BusRule[]> {
  const rules: BusRule[] = []
  let NextToken: string | undefined
  do {
    const page = await events.send(new ListRulesCommand({ EventBusName, NextToken }))
    for (const { Name, Arn, State, ManagedBy } of page.Rules ?? []) {
      if (State !== 'ENABLED' || ManagedBy !== undefined) continue
      rules.push({ name: Name!, arn: Arn!, targets: await targetsOf(events, EventBusName, Name!) })
    }
    NextToken = page.NextToken
  } while (NextToken)
  return rules
}

/** A rule has five targets at most, and a page holds more. */
async function targetsOf(events: Events, EventBusName: string, Rule: string): Promise<string[]> {
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ EventBusName, Rule }))
  return Targets.map(({ Arn }) => nameOf(Arn!))
}

/**
 * The rules that these names mean: a rule's own name, or the consumer that it feeds, with or without the stage's prefix.
 * A consumer of events of several sources has several rules.
 * @throws UsageError naming those that there are
 */
export function rulesNamed(rules: readonly BusRule[], names: readonly string[], prefix: string): BusRule[] {
  const chosen = names.flatMap((name) => {
    const found = rules.filter(
      (rule) => rule.name === name || rule.targets.some((target) => target === name || target === `${prefix}-${name}`),
    )
    if (found.length > 0) return found
    const there = rules.map((rule) => `${rule.targets.join(', ')} (${rule.name})`).join(', ') || 'none'
    throw new UsageError(`${prefix} has no rule or consumer ${name}. There are: ${there}.`)
  })
  return [...new Set(chosen)]
}
