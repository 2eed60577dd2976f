import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { readRetryPolicy, type RetriedTarget } from './deliveries.ts'
import { busArn, busNameOf, ruleArn } from './event.ts'
import { compilePattern, type Matcher } from './pattern.ts'

/** A target as in templates. */
export interface Target extends RetriedTarget {
  readonly Id: string
  /** The JSON that the target gets instead of the event. */
  readonly Input?: string
}

export interface Rule {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly enabled: boolean
  readonly pattern: Pattern
  readonly targets: readonly Target[]
}

export interface Pattern {
  readonly text: string
  readonly matches: Matcher
}

export const readPattern = (pattern: unknown): Pattern => ({
  text: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
  matches: compilePattern(pattern),
})

/** A bus with its rules by name. */
export interface Bus {
  readonly name: string
  readonly rules: Map<string, Rule>
}

/**
 * The buses. They and their rules are created from templates at every start and are not persisted: a rule that was removed
 * from its template must not match any more.
 */
export class Buses {
  readonly #buses = new Map<string, Bus>([['default', { name: 'default', rules: new Map() }]])
  readonly providers: readonly ResourceProvider[] = [
    {
      type: 'AWS::Events::EventBus',
      supported: ['Name'],
      ignored: { Description: 'descriptive only', Tags: 'tags have no effect locally' },
      create: ({ properties: { Name: name } }) => {
        this.#buses.set(name, { name, rules: new Map() })
        return { ref: name, attributes: { Arn: busArn(name), Name: name } }
      },
    },
    {
      type: 'AWS::Events::Rule',
      supported: ['Name', 'EventBusName', 'EventPattern', 'State', 'Targets'],
      ignored: { Description: 'descriptive only', Tags: 'tags have no effect locally' },
      create: (resource) => this.#createRule(resource),
    },
  ]

  find(name: string): Bus | undefined {
    return this.#buses.get(name)
  }

  /** @param bus name or ARN @throws AwsError ResourceNotFoundException */
  bus(bus = 'default'): Bus {
    const found = this.#buses.get(busNameOf(bus))
    if (!found) throw new AwsError('ResourceNotFoundException', `Event bus ${busNameOf(bus)} does not exist.`)
    return found
  }

  #createRule({ properties, generatedName, logicalId }: ResourceDeclaration): CreatedResource {
    const bus = this.bus(properties['EventBusName'])
    const name = String(properties['Name'] ?? generatedName)
    if (properties['EventPattern'] === undefined)
      throw new Error(`${logicalId} has no EventPattern. Schedules are emulated as AWS::Scheduler::Schedule only.`)
    // Topics are not targets, so that an event for one is not a failed delivery.
    const { topics = [], targets = [] } = Object.groupBy((properties['Targets'] ?? []) as Target[], ({ Arn }) =>
      Arn.split(':')[2] === 'sns' ? 'topics' : 'targets',
    )
    const rule: Rule = {
      name,
      arn: ruleArn(bus.name, name),
      busName: bus.name,
      enabled: properties['State'] !== 'DISABLED',
      pattern: readPattern(properties['EventPattern']),
      targets: targets.map((target) => readTarget(logicalId, target)),
    }
    bus.rules.set(name, rule)
    return {
      ref: bus.name === 'default' ? name : `${bus.name}|${name}`,
      attributes: { Arn: rule.arn },
      limitations: topics.map(({ Arn }) => `Its target ${Arn} gets no events: SNS is not emulated.`),
    }
  }
}

const targetMembers = new Set(['Id', 'Arn', 'Input', 'DeadLetterConfig', 'RetryPolicy'])

function readTarget(logicalId: string, target: Target): Target {
  if (!['sqs', 'lambda'].includes(target.Arn.split(':')[2]!) || target.Arn.endsWith('.fifo'))
    throw new Error(`${logicalId} has the target ${target.Arn}; only standard queues and functions are emulated.`)
  const member = Object.keys(target).find((name) => !targetMembers.has(name))
  if (member !== undefined)
    throw new Error(`${logicalId} sets ${member} on its target ${target.Arn}, which is not emulated.`)
  try {
    if (target.Input !== undefined) JSON.parse(target.Input)
  } catch {
    throw new Error(`${logicalId} has an Input that is not valid JSON: ${target.Input}`)
  }
  return { ...target, RetryPolicy: readRetryPolicy(target.RetryPolicy) }
}
