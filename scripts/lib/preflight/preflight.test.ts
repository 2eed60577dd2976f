import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageOf, type Stage } from '#infra/stages.ts'
import { denied, Refusal, startFakeAws, type Responses, type FakeAws } from '#test/support/fake-aws.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { noAccount } from '#test/support/no-account.ts'
import { absentIdentity, readyAccount as ready, toolkit } from '#test/support/ready-account.ts'
import { readAssembly } from '../templates.ts'
import { readIdentity } from './identity.ts'
import { checkAccount, type Outputs } from './preflight.ts'
import type { Verdict } from './verdict.ts'
import { applicationId } from '#shared/application.ts'

const stage = stageOf('prod')
const folder = newFolder()
const before = { ...process.env }
let aws: FakeAws | undefined
let deployed: Outputs | undefined

afterEach(async () => {
  await aws?.stop()
  process.env = { ...before }
})

const id = `${applicationId}-prod`
const queues = 'https://sqs.eu-west-1.amazonaws.com/123456789012'

/** A resource of each type with a fixed name: the property and the name, and its physical id if that is another. */
const named = {
  Function: ['AWS::Lambda::Function', 'FunctionName', `${id}-f`],
  Logs: ['AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/${id}-f`],
  Queue: ['AWS::SQS::Queue', 'QueueName', `${id}-q`, `${queues}/${id}-q`],
  Topic: ['AWS::SNS::Topic', 'TopicName', `${id}-t`, `arn:aws:sns:eu-west-1:123456789012:${id}-t`],
  Bus: ['AWS::Events::EventBus', 'Name', id],
  Rule: ['AWS::Events::Rule', 'Name', `${id}-r`],
  Alarm: ['AWS::CloudWatch::Alarm', 'AlarmName', `window-of-${id}-a`],
  Composite: ['AWS::CloudWatch::CompositeAlarm', 'AlarmName', `${id}-c`],
  Dashboard: ['AWS::CloudWatch::Dashboard', 'DashboardName', id],
  Key: [
    'AWS::SecretsManager::Secret',
    'Name',
    `${id}-k`,
    `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${id}-k-a1B2c3`,
  ],
  Sender: ['AWS::SES::EmailIdentity', 'EmailIdentity', stage.mail.from],
} as const
type Named = readonly [type: string, property: string, name: string, physicalId?: string]

const resources = {
  ...Object.fromEntries(
    Object.entries<Named>(named).map(([key, [Type, property, name]]) => [
      key,
      { Type, Properties: { [property]: name } },
    ]),
  ),
  CachePolicy: { Type: 'AWS::CloudFront::CachePolicy' },
  HeadersPolicy: { Type: 'AWS::CloudFront::ResponseHeadersPolicy' },
  // Their names are generated.
  Unnamed: { Type: 'AWS::SQS::Queue' },
  Elsewhere: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Parameter' } } },
  Files: { Type: 'Custom::CDKBucketDeployment' },
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
async function checkIn(responses: Responses, settings: Stage = stage): Promise<ReadonlyMap<string, Verdict>> {
  aws = await startFakeAws(responses)
  Object.assign(process.env, aws.environment)
  const identity = await readIdentity()
  if (!identity.known) throw new Error(identity.why)
  const result = await checkAccount(settings, readAssembly(folder, stage.prefix), identity.value)
  deployed = result.deployed
  return new Map(result.verdicts.map((verdict) => [verdict.check, verdict]))
}

/** The checks of an account, in the order of the report. */
const checks =
  'bootstrap, region, stacks, left over, names, protections, cloudfront, alarm mails, mail sender, mail account, mail rate, text messages, lambda, dynamodb, throttle, warm table, hot item, mail pollers'.split(
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

test('a region without a type of resource; all types but custom ones are looked up', async () => {
  let types: string[] = []
  const ValidateTemplate = ({ TemplateBody }: { TemplateBody: string }) => {
    types = Object.values<{ Type: string }>(JSON.parse(TemplateBody).Resources).map(({ Type }) => Type)
    return new Refusal('ValidationError', 'Template format error: Unrecognized resource types: [A::B::C, A::B::D]', 400)
  }
  expect((await checkIn({ ...ready, ValidateTemplate })).get('region')).toMatchObject({
    state: 'failed',
    finding: 'CloudFormation in eu-west-1 does not have A::B::C, A::B::D',
  })
  const declared = new Set(Object.values(resources).map(({ Type }) => Type))
  expect(types.toSorted()).toEqual([...declared].filter((type) => !type.startsWith('Custom::')).toSorted())
})

/** All of these names are in use. */
const taken: Responses = {
  ListFunctions: { Functions: [{ FunctionName: named.Function[2] }] },
  DescribeLogGroups: { logGroups: [{ logGroupName: named.Logs[2] }] },
  ListQueues: { QueueUrls: [named.Queue[3]] },
  ListTopics: { Topics: [{ TopicArn: named.Topic[3] }] },
  ListEventBuses: ({ NextToken }: { NextToken?: string }) =>
    NextToken ? { EventBuses: [{ Name: named.Bus[2] }] } : { EventBuses: [], NextToken: 'more' },
  ListRules: { Rules: [{ Name: named.Rule[2] }] },
  DescribeAlarms: {
    MetricAlarms: [{ AlarmName: named.Alarm[2] }],
    CompositeAlarms: [{ AlarmName: named.Composite[2] }],
  },
  ListDashboards: { DashboardEntries: [{ DashboardName: named.Dashboard[2] }] },
  ListSecrets: { SecretList: [{ Name: named.Key[2] }] },
  GetEmailIdentity: { VerifiedForSendingStatus: true },
}

/** As CloudFormation lists the stack, without the resource that `leftOut` names. */
const listing = (leftOut?: string) => ({
  StackResourceSummaries: Object.entries<Named>(named)
    .filter(([key]) => key !== leftOut)
    .map(([LogicalResourceId, [ResourceType, , name, PhysicalResourceId = name]]) => ({
      LogicalResourceId,
      ResourceType,
      PhysicalResourceId,
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

test.each(Object.entries<Named>(named))(
  'a %s of that name outside the stacks is a collision',
  async (key, [, , name]) => {
    const verdicts = await checkIn({
      ...ready,
      ...taken,
      DescribeStacks: { Stacks: [toolkit, ownStack] },
      ListStackResources: listing(key),
    })
    expect(verdicts.get('names')).toMatchObject({
      state: 'failed',
      finding: expect.stringContaining(`${name} already exists`),
    })
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
        left('AWS::Logs::LogGroup', named.Logs[2]),
      ],
    },
  })
  expect(verdicts.get('left over')).toMatchObject({ state: 'warning' })
  expect(verdicts.get('left over')!.finding).toContain('GlobalTable the-table')
  expect(verdicts.get('names')).toMatchObject({ state: 'failed' })
  expect(verdicts.get('names')!.finding).toContain(`${named.Logs[2]} already exists`)
})

test('a data resource without the configured deletion protection is reported by name', async () => {
  const dataResources = [
    { ResourceType: 'AWS::DynamoDB::GlobalTable', PhysicalResourceId: 'the-table' },
    { ResourceType: 'AWS::Cognito::UserPool', PhysicalResourceId: 'eu-west-1_pool' },
  ]
  const responses: Responses = {
    ...ready,
    DescribeStacks: { Stacks: [toolkit, ownStack] },
    ListStackResources: { StackResourceSummaries: dataResources },
    DescribeTable: { Table: { DeletionProtectionEnabled: true } },
    DescribeUserPool: { UserPool: { DeletionProtection: 'ACTIVE' } },
  }
  expect((await checkIn(responses)).get('protections')!.state).toBe('ok')
  await aws!.stop()
  const openPool = { ...responses, DescribeUserPool: { UserPool: { DeletionProtection: 'INACTIVE' } } }
  expect((await checkIn(openPool)).get('protections')!.finding).toContain('user pool eu-west-1_pool')
  await aws!.stop()
  const openTable = { ...responses, DescribeTable: { Table: {} } }
  expect((await checkIn(openTable)).get('protections')!.remedy).toContain('--table-name the-table')
})

test('policies of CloudFront are counted over all pages, without those that the stacks have already', async () => {
  const pages = (rest: number) => (input: { Type: string; Marker?: string }) =>
    input.Type !== 'custom' ? {} : input.Marker ? { Quantity: rest } : { Quantity: 10, NextMarker: 'more' }
  const full = { ...ready, ListCachePolicies: pages(9), ListResponseHeadersPolicies: pages(10) }
  expect((await checkIn(full)).get('cloudfront')).toMatchObject({
    state: 'warning',
    finding: expect.stringContaining('21 response headers policies'),
  })
  await aws!.stop()
  const own = { ResourceType: 'AWS::CloudFront::ResponseHeadersPolicy', PhysicalResourceId: 'its-id' }
  const deployedBefore = {
    DescribeStacks: { Stacks: [toolkit, ownStack] },
    ListStackResources: { StackResourceSummaries: [own] },
  }
  expect((await checkIn({ ...full, ...deployedBefore })).get('cloudfront')).toMatchObject({
    state: 'ok',
    finding: expect.stringContaining('20 cache policies and 20 response headers policies'),
  })
})

describe('the certificate of a domain', () => {
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/a'
  const settings = { ...stage, domain: { name: 'shop.example.com', certificateArn } }

  test.each([
    ['that is issued', { Certificate: { Status: 'ISSUED', SubjectAlternativeNames: ['shop.example.com'] } }, 'ok'],
    ['that does not exist', new Refusal('ResourceNotFoundException', 'No.', 400), 'failed'],
    ['that cannot be read', denied('acm:DescribeCertificate'), 'warning'],
  ])('%s is reported', async (_name, DescribeCertificate, state) => {
    expect(
      (await checkIn({ ...ready, DescribeCertificate, ListDistributions: {} }, settings)).get('certificate'),
    ).toMatchObject({ state })
  })
})

test('a domain that another distribution has', async () => {
  const name = 'shop.example.com'
  const settings = { ...stage, domain: { name, certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a' } }
  const other = { Id: 'E2OTHER', Aliases: { Quantity: 1, Items: { CNAME: name } } }
  const ListDistributions = { Items: { DistributionSummary: other } }
  const responses = { ...ready, DescribeCertificate: { Certificate: {} }, ListDistributions }
  expect((await checkIn(responses, settings)).get('domain')).toMatchObject({ state: 'failed' })
})

describe('the address of the alarms', () => {
  const topicArn = named.Topic[3]
  const deployedBefore = {
    DescribeStacks: { Stacks: [toolkit, ownStack] },
    ListStackResources: {
      StackResourceSummaries: [
        { LogicalResourceId: 'Topic', ResourceType: 'AWS::SNS::Topic', PhysicalResourceId: topicArn },
      ],
    },
  }
  const subscribed = (SubscriptionArn: string, Endpoint = stage.alarmEmail) => ({
    Subscriptions: [{ SubscriptionArn, Endpoint, TopicArn: topicArn, Protocol: 'email' }],
  })

  test.each([
    ['that confirmed', subscribed(`${topicArn}:1`), 'ok', 'receives the alarms'],
    ['that has not confirmed', subscribed('PendingConfirmation'), 'warning', 'has not confirmed yet'],
    ['that unsubscribed', subscribed('Deleted'), 'warning', 'or unsubscribed'],
    ['that was not confirmed in time', subscribed(`${topicArn}:1`, 'other@example.com'), 'warning', 'within 48 hours'],
    ['whose state cannot be read', denied('sns:ListSubscriptionsByTopic'), 'warning', 'could not be checked'],
  ])('%s is reported', async (_name, ListSubscriptionsByTopic, state, finding) => {
    const verdicts = await checkIn({ ...ready, ...deployedBefore, ListSubscriptionsByTopic })
    expect(verdicts.get('alarm mails')).toMatchObject({ state, finding: expect.stringContaining(finding) })
  })

  test('is asked after the first deployment, and a stage without one is not checked', async () => {
    expect((await checkIn(ready)).get('alarm mails')!.finding).toContain('SNS will ask')
    await aws!.stop()
    const { alarmEmail: _, ...without } = stage
    expect((await checkIn(ready, without)).has('alarm mails')).toBe(false)
  })
})

describe('a restored table', () => {
  const restoredTable = { tableName: 'the-table-restored', streamArn: 'arn:stream' }
  const warm = { readsPerSecond: 20_000, writesPerSecond: 19_000 }
  const table = {
    TableStatus: 'ACTIVE',
    LatestStreamArn: 'arn:stream',
    DeletionProtectionEnabled: true,
    WarmThroughput: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 19_000 },
  }

  test.each([
    ['that the stage can use', table, 'ok', 'the-table-restored has the settings of the stage'],
    ['that is still being created', { ...table, TableStatus: 'CREATING' }, 'failed', 'is no active table'],
    ['with another stream', { ...table, LatestStreamArn: 'arn:other' }, 'failed', 'is arn:other, not arn:stream'],
    ['without protection', { ...table, DeletionProtectionEnabled: false }, 'warning', 'no deletion protection'],
    [
      'that starts with less throughput',
      { ...table, WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000 } },
      'warning',
      'starts with 12000 reads and 4000 writes per second, and the stage is configured for 20000 and 19000',
    ],
  ])('%s is reported', async (_name, Table, state, finding) => {
    const settings = { ...stage, restoredTable, warmThroughput: warm, deletionProtection: true }
    const verdict = (await checkIn({ ...ready, DescribeTable: { Table } }, settings)).get('restored table')
    expect(verdict).toMatchObject({ state, finding: expect.stringContaining(finding) })
  })

  test('that does not exist prevents the deployment', async () => {
    const DescribeTable = new Refusal('ResourceNotFoundException', 'No.', 400)
    const verdicts = await checkIn({ ...ready, DescribeTable }, { ...stage, restoredTable })
    expect(verdicts.get('restored table')!.state).toBe('failed')
  })
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
  const asked = [...verdicts.values()].filter(({ check }) => !unasked.includes(check))
  expect(asked.map(({ check }) => check)).toEqual(checks.filter((check) => !unasked.includes(check)))
  for (const { state, finding, remedy } of asked) {
    expect([state, remedy]).toEqual(['warning', expect.stringMatching(/^Grant it .*$/)])
    expect(finding).toMatch(/^(some )?could not be checked: needs permission [a-z]+:[A-Za-z]+$/)
  }
})

test('credentials that AWS rejects are reported with its reason', async () => {
  aws = await startFakeAws({ GetCallerIdentity: new Refusal('ExpiredToken', 'No.') })
  Object.assign(process.env, aws.environment)
  expect(await readIdentity()).toMatchObject({ known: false, why: 'AWS rejected the request: ExpiredToken: No.' })
})

test.each([
  ['no region', {}, 'no AWS region is set'],
  ['a malformed region', { AWS_REGION: 'EU (Ireland)' }, 'no AWS region is set'],
  ['no credentials', { AWS_REGION: 'eu-west-1' }, 'no AWS credentials found'],
  [
    'no credentials, and a region in AWS_DEFAULT_REGION',
    { AWS_DEFAULT_REGION: 'eu-west-1' },
    'no AWS credentials found',
  ],
])('%s is found before any request', async (_name, env, why) => {
  Object.assign(process.env, noAccount, env)
  expect(await readIdentity()).toMatchObject({ known: false, why: expect.stringContaining(why) })
})

test('a folder without an assembly, or with the assembly of another stage, is rejected', () => {
  expect(() => readAssembly(join(folder, 'none'), stage.prefix)).toThrow('Synthesize first')
  expect(() => readAssembly(folder, `${applicationId}-dev`)).toThrow(`not a stack of ${applicationId}-dev`)
})
