import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import type { AccessControl, PolicyStatement } from '../iam/types.ts'
import { nextTimeMs } from '../scheduler/due-times.ts'
import { busArn, busNameOf } from './event.ts'
import { compilePattern } from './pattern.ts'
import { archiveArn, ruleArn, type Archive, type Registry, type Rule, type Target } from './registry.ts'
import { inputProblem } from './target-input.ts'

interface Context {
  readonly registry: Registry
  readonly access: AccessControl
  readonly nowMs: () => number
}

export const eventProviders = (context: Context): ResourceProvider[] => [
  {
    type: 'AWS::Events::EventBus',
    supported: ['Name', 'Description'],
    ignored: { Tags: 'tags have no effect locally' },
    create: (resource) => createBus(context, resource),
  },
  {
    type: 'AWS::Events::EventBusPolicy',
    supported: ['EventBusName', 'StatementId', 'Statement', 'Action', 'Principal'],
    create: (resource) => createBusPolicy(context, resource),
  },
  {
    type: 'AWS::Events::Rule',
    supported: ['Name', 'Description', 'EventBusName', 'EventPattern', 'ScheduleExpression', 'State', 'Targets'],
    ignored: { Tags: 'tags have no effect locally' },
    create: (resource) => createRule(context, resource),
  },
  {
    type: 'AWS::Events::Archive',
    supported: ['ArchiveName', 'Description', 'SourceArn', 'EventPattern', 'RetentionDays'],
    create: (resource) => createArchive(context, resource),
  },
]

function createBus({ registry, nowMs }: Context, { properties, logicalId }: ResourceDeclaration): CreatedResource {
  const name: unknown = properties['Name']
  if (typeof name !== 'string' || !/^[.\-_A-Za-z0-9]{1,256}$/.test(name)) {
    throw new Error(`${logicalId} needs a Name of letters, digits, dots, hyphens and underscores, not ${String(name)}.`)
  }
  registry.putBus(name, properties['Description'], nowMs())
  return { ref: name, attributes: { Arn: busArn(name), Name: name } }
}

function createBusPolicy(
  { registry, access }: Context,
  { properties, generatedName }: ResourceDeclaration,
): CreatedResource {
  const bus = registry.bus(properties['EventBusName'] ?? 'default')
  const id = String(properties['StatementId'])
  const statement: PolicyStatement = properties['Statement'] ?? {
    Sid: id,
    Effect: 'Allow',
    Principal: properties['Principal'] === '*' ? '*' : { AWS: properties['Principal'] },
    Action: properties['Action'],
    Resource: busArn(bus.name),
  }
  bus.policy.set(id, statement)
  access.putResourcePolicy(busArn(bus.name), id, { Version: '2012-10-17', Statement: [statement] })
  return { ref: generatedName }
}

function createRule(
  { registry }: Context,
  { properties, generatedName, logicalId }: ResourceDeclaration,
): CreatedResource {
  const busName = registry.bus(properties['EventBusName'] ?? 'default').name
  const name = String(properties['Name'] ?? generatedName)
  const [topics, targets] = partition((properties['Targets'] ?? []) as Target[], isTopic)
  for (const target of targets) checkTarget(logicalId, target)
  const expression: string | undefined = properties['ScheduleExpression']
  if (expression !== undefined) {
    if (busName !== 'default') throw new Error(`${logicalId} has a schedule, which AWS allows on the default bus only.`)
    if (expression.startsWith('at(')) throw new Error(`${logicalId} has a one-time schedule, which rules do not have.`)
    nextTimeMs(expression, 0)
  }
  if (properties['EventPattern'] === undefined && expression === undefined) {
    throw new Error(`${logicalId} has neither an EventPattern nor a ScheduleExpression.`)
  }
  const rule: Rule = {
    name,
    arn: ruleArn(busName, name),
    busName,
    description: properties['Description'],
    enabled: properties['State'] !== 'DISABLED',
    pattern: compiled(properties['EventPattern']),
    scheduleExpression: expression,
    targets: targets.map(withNumbers),
  }
  registry.putRule(rule)
  return {
    ref: busName === 'default' ? name : `${busName}|${name}`,
    attributes: { Arn: rule.arn },
    limitations: topics.map((target) => `Its target ${target.Arn} gets no events: SNS is not emulated.`),
  }
}

function createArchive(
  { registry, nowMs }: Context,
  { properties, generatedName }: ResourceDeclaration,
): CreatedResource {
  const name = String(properties['ArchiveName'] ?? generatedName)
  const archive: Archive = {
    name,
    arn: archiveArn(name),
    busName: registry.bus(busNameOf(properties['SourceArn'])).name,
    description: properties['Description'],
    retentionDays: Number(properties['RetentionDays'] ?? 0),
    pattern: compiled(properties['EventPattern']),
    createdMs: nowMs(),
  }
  registry.putArchive(archive)
  return { ref: name, attributes: { Arn: archive.arn, ArchiveName: name } }
}

function compiled(pattern: unknown): Rule['pattern'] {
  if (pattern === undefined) return undefined
  return { text: typeof pattern === 'string' ? pattern : JSON.stringify(pattern), matches: compilePattern(pattern) }
}

/** Topics are not registered as targets, so that an event for one is not a failed delivery. */
const isTopic = (target: Target) => target.Arn.split(':')[2] === 'sns'

function partition<T>(all: readonly T[], test: (each: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((each) => !test(each))]
}

const targetServices = new Set(['sqs', 'lambda', 'events'])
const targetMembers = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'DeadLetterConfig',
  'RetryPolicy',
])

function checkTarget(logicalId: string, target: Target): void {
  if (!targetServices.has(target.Arn.split(':')[2]!) || target.Arn.endsWith('.fifo')) {
    throw new Error(
      `${logicalId} has the target ${target.Arn}; only standard queues, functions and event buses are emulated.`,
    )
  }
  const member = Object.keys(target).find((name) => !targetMembers.has(name))
  if (member !== undefined)
    throw new Error(`${logicalId} sets ${member} on its target ${target.Arn}, which is not emulated.`)
  const problem = inputProblem(target)
  if (problem !== undefined) throw new Error(`${logicalId}: ${problem}`)
}

/** Templates may contain numbers as strings. */
function withNumbers(target: Target): Target {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? {}
  return {
    ...target,
    RetryPolicy: {
      ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts: Number(MaximumRetryAttempts) }),
      ...(MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds: Number(MaximumEventAgeInSeconds) }),
    },
  }
}
