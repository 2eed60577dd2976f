import { propertyReader } from '../assembly/property-reader.ts'
import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { readRetryPolicy, type RetriedTarget } from './deliveries.ts'
import { busArn, busNameOf, ruleArn } from './event.ts'
import { compilePattern, type Matcher } from './pattern.ts'

/** A target as in templates. */
export interface Target extends RetriedTarget {
  readonly Id: string
}

interface Rule {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly enabled: boolean
  readonly pattern: Pattern
  readonly targets: readonly Target[]
}

interface Pattern {
  readonly text: string
  readonly matches: Matcher
}

const readPattern = (pattern: unknown): Pattern => ({
  text: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
  matches: compilePattern(pattern),
})

/** A bus with its rules by name. */
interface Bus {
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
      create: ({ properties: { Name: name } }) => {
        this.#buses.set(name, { name, rules: new Map() })
        return { ref: name, attributes: { Arn: busArn(name), Name: name } }
      },
    },
    {
      type: 'AWS::Events::Rule',
      supported: ['Name', 'EventBusName', 'EventPattern', 'State', 'Targets'],
      create: (resource) => this.#createRule(resource),
    },
  ]

  /** The operations that read buses, rules and targets. */
  readonly operations: Readonly<Record<string, Operation>> = {
    DescribeEventBus: {
      access: ({ Name = 'default' }) => [
        { action: 'events:DescribeEventBus', resource: busArn(busNameOf(String(Name))) },
      ],
      handle: (input) => {
        const { name } = this.bus(input.Name)
        return { Name: name, Arn: busArn(name) }
      },
    },
    ListRules: {
      access: () => [{ action: 'events:ListRules', resource: '*' }],
      handle: (input) => {
        requireParameters(input, ['EventBusName'])
        const rules = [...this.bus(input.EventBusName).rules.values()]
        return {
          Rules: rules.map(({ name, arn, busName, enabled, pattern }) => ({
            Name: name,
            Arn: arn,
            EventBusName: busName,
            State: enabled ? 'ENABLED' : 'DISABLED',
            EventPattern: pattern.text,
          })),
        }
      },
    },
    ListTargetsByRule: {
      access: ({ EventBusName = 'default', Rule }) => [
        { action: 'events:ListTargetsByRule', resource: ruleArn(busNameOf(String(EventBusName)), String(Rule)) },
      ],
      handle: (input) => {
        requireParameters(input, ['EventBusName', 'Rule'])
        const rule = this.bus(input.EventBusName).rules.get(input.Rule)
        if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${input.Rule} does not exist.`)
        return { Targets: rule.targets }
      },
    },
  }

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
    const name = propertyReader(properties, logicalId).name('Name', generatedName, 64)
    if (properties['EventPattern'] === undefined)
      throw new Error(`${logicalId} has no EventPattern. Schedules are emulated as AWS::Scheduler::Schedule only.`)
    const all = (properties['Targets'] ?? []) as Target[]
    if (all.length > targetsPerRule) throw new Error(`${logicalId} has more than ${targetsPerRule} targets.`)
    // Topics are not targets, so that an event for one is not a failed delivery.
    const { topics = [], targets = [] } = Object.groupBy(all, ({ Arn }) =>
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

/** Source: "PutTargets" in the EventBridge API reference. */
const targetsPerRule = 5

const targetMembers = new Set(['Id', 'Arn', 'DeadLetterConfig', 'RetryPolicy'])

function readTarget(logicalId: string, target: Target): Target {
  if (!['sqs', 'lambda'].includes(target.Arn.split(':')[2]!) || target.Arn.endsWith('.fifo'))
    throw new Error(`${logicalId} has the target ${target.Arn}; only standard queues and functions are emulated.`)
  const member = Object.keys(target).find((name) => !targetMembers.has(name))
  if (member !== undefined)
    throw new Error(`${logicalId} sets ${member} on its target ${target.Arn}, which is not emulated.`)
  return { ...target, RetryPolicy: readRetryPolicy(target.RetryPolicy) }
}
