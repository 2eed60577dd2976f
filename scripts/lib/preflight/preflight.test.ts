import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stageOf } from '#infra/stages.ts'
import { denied, Refusal, startFakeAws, type Answers, type FakeAws } from '#test/support/fake-aws.ts'
import { noAccount } from '#test/support/no-account.ts'
import { absentIdentity, readyAccount as ready, toolkit } from '#test/support/ready-account.ts'
import { readAssembly } from '../templates.ts'
import { readIdentity } from './identity.ts'
import { nameOf } from './names.ts'
import { checkAccount, type Outputs } from './preflight.ts'
import type { Verdict } from './verdict.ts'
import { applicationId } from '#shared/application.ts'

const stage = stageOf('prod')
const folder = mkdtempSync(join(tmpdir(), 'preflight-'))
const before = { ...process.env }
let aws: FakeAws | undefined
let deployed: Outputs | undefined

afterEach(async () => {
  await aws?.stop()
  process.env = { ...before }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** One resource of each type with a fixed name, and one whose name CloudFormation generates. */
const resources = {
  Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: `${applicationId}-prod-f` } },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/aws/lambda/${applicationId}-prod-f` } },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${applicationId}-prod-q` } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${applicationId}-prod-t` } },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: `${applicationId}-prod` } },
  Rule: { Type: 'AWS::Events::Rule', Properties: { Name: `${applicationId}-prod-r` } },
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: `window-of-${applicationId}-prod-a` } },
  Composite: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmName: `${applicationId}-prod-c` } },
  Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardName: `${applicationId}-prod` } },
  Key: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: `${applicationId}-prod-k` } },
  Sender: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: stage.mail.from } },
  Unnamed: { Type: 'AWS::SQS::Queue' },
  Elsewhere: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Parameter' } } },
}

writeFileSync(join(folder, 'a.template.json'), JSON.stringify({ Resources: resources }))
writeFileSync(
  join(folder, 'manifest.json'),
  JSON.stringify({
    artifacts: {
      [`${applicationId}-prod-a`]: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'a.template.json', requiresBootstrapStackVersion: 6 },
      },
      [`${applicationId}-prod-a.assets`]: { type: 'cdk:asset-manifest', properties: {} },
    },
  }),
)

const ownStack = {
  StackName: `${applicationId}-prod-a`,
  StackStatus: 'UPDATE_COMPLETE',
  Outputs: [
    { OutputKey: 'ApiUrl', OutputValue: 'https://api.example.com' },
    { OutputKey: 'ExportsOutputRefTable', OutputValue: 'a-table' },
  ],
  Tags: [
    { Key: 'application', Value: applicationId },
    { Key: 'stage', Value: 'prod' },
  ],
}
async function checkIn(answers: Answers): Promise<ReadonlyMap<string, Verdict>> {
  aws = await startFakeAws(answers)
  Object.assign(process.env, aws.environment)
  const identity = await readIdentity()
  if (identity.kind !== 'known') throw new Error(`It is ${identity.kind}.`)
  const result = await checkAccount(stage, readAssembly(folder, stage.prefix), identity)
  deployed = result.deployed
  return new Map(result.verdicts.map((verdict) => [verdict.check, verdict]))
}

/** The checks of an account, in the order of the report. */
const checks =
  'bootstrap, stacks, left over, names, protections, mail sender, mail account, mail rate, text messages, lambda, dynamodb, throttle, warm table, hot item, mail pollers'.split(
    ', ',
  )

test('an account that is ready', async () => {
  const verdicts = await checkIn(ready)
  expect([...verdicts.values()].filter(({ state }) => state !== 'ok')).toEqual([])
  expect([...verdicts.keys()]).toEqual(checks)
  expect(verdicts.get('names')!.finding).toBe('none of 11 fixed names is in use')
  expect(verdicts.get('lambda')!.finding).toContain(`${stage.release.placeOrderConcurrency} provisioned`)
  expect(deployed).toBeUndefined()
})

test('an account that is not prepared', async () => {
  const verdicts = await checkIn({
    ...ready,
    DescribeStacks: { Stacks: [] },
    GetEmailIdentity: absentIdentity,
    GetAccount: { ProductionAccessEnabled: false, SendingEnabled: true },
    GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } },
  })
  expect(verdicts.get('bootstrap')!.remedy).toBe('npx cdk bootstrap aws://123456789012/eu-west-1')
  for (const check of ['bootstrap', 'mail sender', 'mail account', 'lambda'])
    expect(verdicts.get(check)!.state).toBe('failed')
})

const taken: Answers = {
  ListFunctions: { Functions: [{ FunctionName: `${applicationId}-prod-f` }] },
  DescribeLogGroups: { logGroups: [{ logGroupName: `/aws/lambda/${applicationId}-prod-f` }] },
  ListQueues: { QueueUrls: [`https://sqs.eu-west-1.amazonaws.com/123456789012/${applicationId}-prod-q`] },
  ListTopics: { Topics: [{ TopicArn: `arn:aws:sns:eu-west-1:123456789012:${applicationId}-prod-t` }] },
  ListEventBuses: ({ NextToken }: { NextToken?: string }) =>
    NextToken ? { EventBuses: [{ Name: `${applicationId}-prod` }] } : { EventBuses: [], NextToken: 'more' },
  ListRules: { Rules: [{ Name: `${applicationId}-prod-r` }] },
  DescribeAlarms: {
    MetricAlarms: [{ AlarmName: `window-of-${applicationId}-prod-a` }],
    CompositeAlarms: [{ AlarmName: `${applicationId}-prod-c` }],
  },
  ListDashboards: { DashboardEntries: [{ DashboardName: `${applicationId}-prod` }] },
  ListSecrets: { SecretList: [{ Name: `${applicationId}-prod-k` }] },
  GetEmailIdentity: { VerifiedForSendingStatus: true },
}

const physicalIds: Record<keyof typeof resources, string> = {
  Function: `${applicationId}-prod-f`,
  Logs: `/aws/lambda/${applicationId}-prod-f`,
  Queue: `https://sqs.eu-west-1.amazonaws.com/123456789012/${applicationId}-prod-q`,
  Topic: `arn:aws:sns:eu-west-1:123456789012:${applicationId}-prod-t`,
  Bus: `${applicationId}-prod`,
  Rule: `${applicationId}-prod-r`,
  Alarm: `window-of-${applicationId}-prod-a`,
  Composite: `${applicationId}-prod-c`,
  Dashboard: `${applicationId}-prod`,
  Key: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${applicationId}-prod-k-a1B2c3`,
  Sender: stage.mail.from,
  Unnamed: 'https://sqs.eu-west-1.amazonaws.com/123456789012/any',
  Elsewhere: 'https://sqs.eu-west-1.amazonaws.com/123456789012/other',
}

/** As CloudFormation lists the stack, without the resources that `leftOut` names. */
const listing = (...leftOut: string[]) => ({
  StackResourceSummaries: Object.entries(resources)
    .filter(([key]) => !leftOut.includes(key))
    .map(([key, { Type }]) => ({
      LogicalResourceId: key,
      ResourceType: Type,
      PhysicalResourceId: physicalIds[key as keyof typeof resources],
    })),
})

test('names of resources in own stacks are no collisions', async () => {
  const verdicts = await checkIn({
    ...ready,
    ...taken,
    DescribeStacks: { Stacks: [toolkit, ownStack] },
    ListStackResources: listing(),
  })
  expect(verdicts.get('names')).toMatchObject({ state: 'ok' })
  expect(verdicts.get('stacks')!.finding).toContain('1 of 1')
  expect(deployed).toEqual({ [`${applicationId}-prod-a`]: { ApiUrl: 'https://api.example.com' } })
})

test.each(Object.keys(resources).filter((key) => !['Unnamed', 'Elsewhere'].includes(key)))(
  'a %s of that name outside the stacks is a collision',
  async (key) => {
    const verdicts = await checkIn({
      ...ready,
      ...taken,
      DescribeStacks: { Stacks: [toolkit, ownStack] },
      ListStackResources: listing(key),
    })
    const { state, finding } = verdicts.get('names')!
    expect(state).toBe('failed')
    const { Type: type } = resources[key as keyof typeof resources]
    const name = nameOf({ type, physicalId: physicalIds[key as keyof typeof resources] })
    expect(finding).toContain(`${name} already exists`)
  },
)

test('what a failed first deployment left is named, and a name that it takes is a collision', async () => {
  const left = (type: string, PhysicalResourceId: string) => ({
    LogicalResourceId: type,
    ResourceType: type,
    PhysicalResourceId,
    ResourceStatus: 'DELETE_SKIPPED',
  })
  const verdicts = await checkIn({
    ...ready,
    DescribeLogGroups: taken['DescribeLogGroups'],
    DescribeStacks: { Stacks: [toolkit, { ...ownStack, StackStatus: 'ROLLBACK_COMPLETE' }] },
    ListStackResources: {
      StackResourceSummaries: [
        left('AWS::DynamoDB::GlobalTable', 'the-table'),
        left('AWS::Logs::LogGroup', physicalIds.Logs),
      ],
    },
  })
  expect(verdicts.get('left over')).toMatchObject({ state: 'warning' })
  expect(verdicts.get('left over')!.finding).toContain('GlobalTable the-table')
  expect(verdicts.get('names')).toMatchObject({ state: 'failed' })
  expect(verdicts.get('names')!.finding).toContain(`${physicalIds.Logs} already exists`)
})

test('a data resource without the configured deletion protection is reported by name', async () => {
  const dataResources = [
    { ResourceType: 'AWS::DynamoDB::GlobalTable', PhysicalResourceId: 'the-table' },
    { ResourceType: 'AWS::Cognito::UserPool', PhysicalResourceId: 'eu-west-1_pool' },
  ]
  const answers: Answers = {
    ...ready,
    DescribeStacks: { Stacks: [toolkit, ownStack] },
    ListStackResources: { StackResourceSummaries: dataResources },
    DescribeTable: { Table: { DeletionProtectionEnabled: true } },
    DescribeUserPool: { UserPool: { DeletionProtection: 'ACTIVE' } },
  }
  expect((await checkIn(answers)).get('protections')!.state).toBe('ok')
  await aws!.stop()
  const openPool = { ...answers, DescribeUserPool: { UserPool: { DeletionProtection: 'INACTIVE' } } }
  expect((await checkIn(openPool)).get('protections')!.finding).toContain('user pool eu-west-1_pool')
  await aws!.stop()
  const openTable = { ...answers, DescribeTable: { Table: {} } }
  expect((await checkIn(openTable)).get('protections')!.remedy).toContain('--table-name the-table')
})

test('without permissions each check names the missing permission, and no other check fails', async () => {
  const verdicts = await checkIn({
    GetCallerIdentity: ready['GetCallerIdentity'],
    ...Object.fromEntries(
      Object.keys(ready)
        .slice(1)
        .map((operation) => [operation, denied(operation)]),
    ),
  })
  // These depend on the settings alone.
  const unasked = ['throttle', 'warm table', 'hot item', 'mail pollers']
  for (const { check, state, finding } of verdicts.values()) {
    if (unasked.includes(check)) continue
    expect([state, finding]).toEqual(['warning', expect.stringMatching(/needs permission [a-z]+:[A-Za-z]+$/)])
  }
})

test.each([
  ['ExpiredToken', 'rejected'],
  ['InvalidClientTokenId', 'rejected'],
])('credentials that AWS rejects with %s are %s', async (code, kind) => {
  aws = await startFakeAws({ GetCallerIdentity: new Refusal(code, 'No.') })
  Object.assign(process.env, aws.environment)
  expect(await readIdentity()).toMatchObject({ kind, reason: `${code}: No.` })
})

test.each([
  ['no region', {}, 'no-region'],
  ['a malformed region', { AWS_REGION: 'EU (Ireland)' }, 'no-region'],
  ['no credentials', { AWS_REGION: 'eu-west-1' }, 'no-credentials'],
  ['no credentials, and a region in AWS_DEFAULT_REGION', { AWS_DEFAULT_REGION: 'eu-west-1' }, 'no-credentials'],
])('%s is found before any request', async (_name, env, kind) => {
  Object.assign(process.env, noAccount, env)
  expect(await readIdentity()).toMatchObject({ kind })
})

test('a folder without an assembly, or with the assembly of another stage, is rejected', () => {
  expect(() => readAssembly(join(folder, 'none'), stage.prefix)).toThrow('Synthesize first')
  expect(() => readAssembly(folder, `${applicationId}-dev`)).toThrow(`not a stack of ${applicationId}-dev`)
})
