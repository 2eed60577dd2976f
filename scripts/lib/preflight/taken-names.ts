import { paginateDescribeAlarms, paginateListDashboards } from '@aws-sdk/client-cloudwatch'
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs'
import { ListEventBusesCommand } from '@aws-sdk/client-eventbridge'
import { paginateListFunctions } from '@aws-sdk/client-lambda'
import { GetEmailIdentityCommand, NotFoundException } from '@aws-sdk/client-sesv2'
import { paginateListTopics } from '@aws-sdk/client-sns'
import { paginateListQueues } from '@aws-sdk/client-sqs'
import type { AwsClients } from './aws-clients.ts'
import { ask } from './known.ts'
import { nameOf, type FixedName, type NamedType, type TakenNames } from './names.ts'

interface Lookup {
  readonly permission: string
  /** All that the account has by names of that beginning; more does no harm. */
  readonly list: (clients: AwsClients, prefix: string) => AsyncIterable<string | undefined>
}

const lookups: Readonly<Record<NamedType, Lookup>> = {
  'AWS::Lambda::Function': {
    permission: 'lambda:ListFunctions',
    async *list({ lambda }) {
      for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
        yield* Functions.map(({ FunctionName }) => FunctionName)
      }
    },
  },
  'AWS::Logs::LogGroup': {
    permission: 'logs:DescribeLogGroups',
    async *list({ logs }, logGroupNamePrefix) {
      for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix })) {
        yield* logGroups.map(({ logGroupName }) => logGroupName)
      }
    },
  },
  'AWS::SQS::Queue': {
    permission: 'sqs:ListQueues',
    async *list({ sqs }, QueueNamePrefix) {
      // Without a size of its pages SQS gives one page and no token.
      for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs, pageSize: 1000 }, { QueueNamePrefix })) {
        yield* QueueUrls.map((physicalId) => nameOf({ type: 'AWS::SQS::Queue', physicalId }))
      }
    },
  },
  'AWS::SNS::Topic': {
    permission: 'sns:ListTopics',
    async *list({ sns }) {
      for await (const { Topics = [] } of paginateListTopics({ client: sns }, {})) {
        yield* Topics.map(({ TopicArn }) => nameOf({ type: 'AWS::SNS::Topic', physicalId: TopicArn! }))
      }
    },
  },
  'AWS::Events::EventBus': {
    permission: 'events:ListEventBuses',
    async *list({ events }, NamePrefix) {
      let NextToken: string | undefined
      do {
        const page = await events.send(new ListEventBusesCommand({ NamePrefix, NextToken }))
        yield* (page.EventBuses ?? []).map(({ Name }) => Name)
        NextToken = page.NextToken
      } while (NextToken)
    },
  },
  'AWS::CloudWatch::Alarm': { permission: 'cloudwatch:DescribeAlarms', list: listAlarms },
  'AWS::CloudWatch::CompositeAlarm': { permission: 'cloudwatch:DescribeAlarms', list: listAlarms },
  'AWS::CloudWatch::Dashboard': {
    permission: 'cloudwatch:ListDashboards',
    async *list({ cloudWatch }, DashboardNamePrefix) {
      for await (const { DashboardEntries = [] } of paginateListDashboards(
        { client: cloudWatch },
        { DashboardNamePrefix },
      )) {
        yield* DashboardEntries.map(({ DashboardName }) => DashboardName)
      }
    },
  },
  'AWS::SES::EmailIdentity': {
    permission: 'ses:GetEmailIdentity',
    async *list({ ses }, EmailIdentity) {
      try {
        await ses.send(new GetEmailIdentityCommand({ EmailIdentity }))
        yield EmailIdentity
      } catch (error) {
        if (!(error instanceof NotFoundException)) throw error
      }
    },
  },
}

async function* listAlarms({ cloudWatch }: AwsClients, AlarmNamePrefix: string) {
  const request = { AlarmNamePrefix, AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] }
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms(
    { client: cloudWatch },
    request,
  )) {
    yield* [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName)
  }
}

/** @param stagePrefix what most names contain: one question serves all names that are equal up to its end */
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
      const ofPrefix = (prefix: string) => collect(list(clients, prefix))
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

async function collect(names: AsyncIterable<string | undefined>): Promise<string[]> {
  const collected: string[] = []
  for await (const name of names) if (name) collected.push(name)
  return collected
}
