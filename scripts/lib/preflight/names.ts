import { paginateDescribeAlarms, paginateListDashboards } from '@aws-sdk/client-cloudwatch'
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs'
import { ListEventBusesCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { paginateListFunctions } from '@aws-sdk/client-lambda'
import { paginateListSecrets } from '@aws-sdk/client-secrets-manager'
import { GetEmailIdentityCommand } from '@aws-sdk/client-sesv2'
import { paginateListTopics } from '@aws-sdk/client-sns'
import { ask, unless, type Known } from '../aws-errors.ts'
import { queueUrls } from '../ops/dead-letter-queues.ts'
import { itemsIn, pagesOf } from '../pages.ts'
import type { Assembly } from '../templates.ts'
import type { AwsClients } from './preflight.ts'
import type { DeployedResource } from './stacks.ts'
import { failed, ok, warning, type Verdict } from './verdict.ts'

/** The property with the name of a resource, for types whose names are unique in an account and region. */
export const nameProperties = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
} as const

type NamedType = keyof typeof nameProperties

interface FixedName {
  readonly type: NamedType
  readonly name: string
}

/** The names in the templates; a name that CloudFormation generates cannot collide. */
export const fixedNames = ({ templates }: Pick<Assembly, 'templates'>): FixedName[] =>
  [...templates.values()]
    .flatMap(({ Resources }) => Object.values<any>(Resources))
    .flatMap(({ Type: type, Properties = {} }) => {
      if (!isNamed(type)) return []
      const name = Properties[nameProperties[type]]
      return typeof name === 'string' ? [{ type, name }] : []
    })

const isNamed = (type: string): type is NamedType => type in nameProperties

/** The name of a resource in a stack; the physical id of a queue is its URL, that of a topic or a secret its ARN. */
function nameOf({ type, physicalId }: Pick<DeployedResource, 'type' | 'physicalId'>): string {
  if (type === 'AWS::SQS::Queue') return physicalId.slice(physicalId.lastIndexOf('/') + 1)
  if (type === 'AWS::SNS::Topic') return physicalId.slice(physicalId.lastIndexOf(':') + 1)
  // Secrets Manager adds a hyphen and six characters to the name.
  if (type === 'AWS::SecretsManager::Secret') return physicalId.slice(physicalId.lastIndexOf(':') + 1, -7)
  if (type === 'AWS::Events::Rule') return physicalId.slice(physicalId.lastIndexOf('|') + 1)
  return physicalId
}

export interface TakenNames {
  readonly type: NamedType
  readonly names: Known<readonly string[]>
}

/** Alarms of both types share one namespace. */
const key = (type: string, name: string): string =>
  `${type === 'AWS::CloudWatch::CompositeAlarm' ? 'AWS::CloudWatch::Alarm' : type} ${name}`

/**
 * @param wanted names of the resources that the deployment would create
 * @param taken names that exist in the account
 * @param own resources of this app's stacks
 */
export function checkNames(
  wanted: readonly FixedName[],
  taken: readonly TakenNames[],
  own: Known<readonly DeployedResource[]>,
): Verdict {
  const ours = new Set(own.known ? own.value.map((resource) => key(resource.type, nameOf(resource))) : [])
  const there = new Set(
    taken.flatMap(({ type, names }) => (names.known ? names.value.map((name) => key(type, name)) : [])),
  )
  const unknown = [own, ...taken.map(({ names }) => names)].find((fact) => !fact.known)
  const colliding = wanted.filter(({ type, name }) => there.has(key(type, name)) && !ours.has(key(type, name)))
  // Without the list of own resources, every deployed resource would look like a collision.
  if (colliding.length > 0 && own.known) {
    const [exist, them] = colliding.length === 1 ? ['exists', 'it'] : ['exist', 'them']
    return failed(
      'names',
      `${describe(colliding)} already ${exist}, outside this app's stacks`,
      `Delete ${them}, import ${them} with npx cdk import, or deploy into another account or region.`,
    )
  }
  if (unknown && !unknown.known) return warning('names', `some could not be checked: ${unknown.why}`, unknown.remedy)
  return ok('names', `none of ${wanted.length} fixed names is in use`)
}

function describe(names: readonly FixedName[]): string {
  const shown = names.slice(0, 3).map(({ type, name }) => `${type.split('::').at(-1)} ${name}`)
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ')
}

interface Lookup {
  readonly permission: string
  /** The names in the account that begin with the prefix; other names cannot collide. */
  readonly list: (clients: AwsClients, prefix: string) => Promise<string[]>
}

const lookups: Readonly<Record<NamedType, Lookup>> = {
  'AWS::Lambda::Function': {
    permission: 'lambda:ListFunctions',
    list: ({ lambda }) =>
      namesIn(paginateListFunctions({ client: lambda }, {}), ({ Functions = [] }) =>
        Functions.map(({ FunctionName }) => FunctionName),
      ),
  },
  'AWS::Logs::LogGroup': {
    permission: 'logs:DescribeLogGroups',
    list: ({ logs }, logGroupNamePrefix) =>
      namesIn(paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix }), ({ logGroups = [] }) =>
        logGroups.map(({ logGroupName }) => logGroupName),
      ),
  },
  'AWS::SQS::Queue': {
    permission: 'sqs:ListQueues',
    list: async ({ sqs }, prefix) =>
      (await queueUrls(sqs, prefix)).map((physicalId) => nameOf({ type: 'AWS::SQS::Queue', physicalId })),
  },
  'AWS::SNS::Topic': {
    permission: 'sns:ListTopics',
    list: ({ sns }) =>
      namesIn(paginateListTopics({ client: sns }, {}), ({ Topics = [] }) =>
        Topics.map(({ TopicArn }) => nameOf({ type: 'AWS::SNS::Topic', physicalId: TopicArn! })),
      ),
  },
  'AWS::Events::EventBus': {
    permission: 'events:ListEventBuses',
    list: ({ events }, NamePrefix) =>
      namesIn(
        pagesOf((NextToken) => events.send(new ListEventBusesCommand({ NamePrefix, NextToken }))),
        ({ EventBuses = [] }) => EventBuses.map(({ Name }) => Name),
      ),
  },
  // Those of the default bus; a rule of the stage's own bus can only exist where that bus does.
  'AWS::Events::Rule': {
    permission: 'events:ListRules',
    list: ({ events }, NamePrefix) =>
      namesIn(
        pagesOf((NextToken) => events.send(new ListRulesCommand({ NamePrefix, NextToken }))),
        ({ Rules = [] }) => Rules.map(({ Name }) => Name),
      ),
  },
  'AWS::CloudWatch::Alarm': { permission: 'cloudwatch:DescribeAlarms', list: listAlarms },
  'AWS::CloudWatch::CompositeAlarm': { permission: 'cloudwatch:DescribeAlarms', list: listAlarms },
  'AWS::CloudWatch::Dashboard': {
    permission: 'cloudwatch:ListDashboards',
    list: ({ cloudWatch }, DashboardNamePrefix) =>
      namesIn(paginateListDashboards({ client: cloudWatch }, { DashboardNamePrefix }), ({ DashboardEntries = [] }) =>
        DashboardEntries.map(({ DashboardName }) => DashboardName),
      ),
  },
  'AWS::SecretsManager::Secret': {
    permission: 'secretsmanager:ListSecrets',
    list: ({ secretsManager }, prefix) => {
      // A secret that waits for its deletion occupies its name as well.
      const input = { Filters: [{ Key: 'name' as const, Values: [prefix] }], IncludePlannedDeletion: true }
      return namesIn(paginateListSecrets({ client: secretsManager }, input), ({ SecretList = [] }) =>
        SecretList.map(({ Name }) => Name),
      )
    },
  },
  'AWS::SES::EmailIdentity': {
    permission: 'ses:GetEmailIdentity',
    async list({ ses }, EmailIdentity) {
      const found = await unless('NotFoundException', ses.send(new GetEmailIdentityCommand({ EmailIdentity })))
      return found ? [EmailIdentity] : []
    },
  },
}

function listAlarms({ cloudWatch }: AwsClients, AlarmNamePrefix: string) {
  const request = { AlarmNamePrefix, AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] }
  return namesIn(
    paginateDescribeAlarms({ client: cloudWatch }, request),
    ({ MetricAlarms = [], CompositeAlarms = [] }) =>
      [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName),
  )
}

const namesIn = async <Page>(pages: AsyncIterable<Page>, namesOf: (page: Page) => (string | undefined)[]) =>
  (await itemsIn(pages, namesOf)).filter((name) => name !== undefined)

/** @param stagePrefix part of most names: one request covers all names that are equal up to its end */
export function readTakenNames(
  clients: AwsClients,
  wanted: readonly FixedName[],
  stagePrefix: string,
): Promise<TakenNames[]> {
  const types = [...new Set(wanted.map(({ type }) => type))]
  return Promise.all(
    types.map(async (type) => {
      const { permission, list } = lookups[type]
      const names = wanted.filter((candidate) => candidate.type === type).map(({ name }) => name)
      const ofPrefix = (prefix: string) => list(clients, prefix)
      return {
        type,
        names: await ask(permission, async () =>
          (await Promise.all(prefixesOf(names, stagePrefix).map(ofPrefix))).flat(),
        ),
      }
    }),
  )
}

const prefixesOf = (names: readonly string[], stagePrefix: string): string[] => [
  ...new Set(
    names.map((name) => {
      const at = name.indexOf(stagePrefix)
      return at === -1 ? name : name.slice(0, at + stagePrefix.length)
    }),
  ),
]
