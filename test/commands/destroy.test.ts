import { PutObjectCommand } from '@aws-sdk/client-s3'
import { synthesize } from '#scripts/lib/cdk.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { denied, Refusal, startFakeAws, type Responses, type FakeAws } from '#test/support/fake-aws.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { readyAccount, toolkit } from '#test/support/ready-account.ts'
import { runScript } from './command.ts'
import { applicationId } from '#shared/application.ts'

let aws: FakeAws | undefined
let buckets: TestBuckets | undefined
/** Where the CDK CLI caches the account of each access key. */
const cdkHome = newFolder()

// Outside of the tests, which have a timeout.
beforeAll(() => synthesize('dev', { validated: true }))
afterEach(async () => {
  await aws?.stop()
  await buckets?.stop()
  buckets = undefined
})

/** An account with deletable stacks that contain a bucket each. */
function accountWith(stacks: object[], whenDeleted: (name: string) => Promise<void> = async () => {}): Responses {
  const existing = new Map(
    [toolkit, ...stacks].map((stack: any) => [stack.StackName, { StackId: `arn:${stack.StackName}`, ...stack }]),
  )
  return {
    ...readyAccount,
    DescribeStacks: ({ StackName }: { StackName?: string }) => {
      const found = [...existing.values()].filter(
        (stack) => !StackName || [stack.StackName, stack.StackId].includes(StackName),
      )
      return found.length > 0
        ? { Stacks: found }
        : new Refusal('ValidationError', `Stack with id ${StackName} does not exist`, 400)
    },
    GetTemplate: { TemplateBody: JSON.stringify({ Resources: { Bucket: {}, Kept: { DeletionPolicy: 'Retain' } } }) },
    ListStackResources: {
      StackResourceSummaries: [
        { LogicalResourceId: 'Bucket', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'deleted' },
        { LogicalResourceId: 'Kept', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'retained' },
      ],
    },
    DescribeStackEvents: { StackEvents: [] },
    UpdateTerminationProtection: ({ StackName, EnableTerminationProtection }: Record<string, string>) => {
      const stack = { ...existing.get(StackName), EnableTerminationProtection: EnableTerminationProtection === 'true' }
      existing.set(StackName, stack)
      return {}
    },
    DeleteStack: async ({ StackName }: { StackName: string }) => {
      const { StackName: name, EnableTerminationProtection: isProtected } = [...existing.values()].find((stack) =>
        [stack.StackName, stack.StackId].includes(StackName),
      )!
      if (isProtected)
        return new Refusal('ValidationError', `Stack [${name}] cannot be deleted while it is protected`, 400)
      await whenDeleted(name)
      existing.delete(name)
      return {}
    },
  }
}

const own = (StackName: string) => ({
  StackName,
  StackStatus: 'CREATE_COMPLETE',
  Tags: [
    { Key: 'application', Value: applicationId },
    { Key: 'stage', Value: 'dev' },
  ],
})
const foreign = { StackName: `${applicationId}-dev-identity`, StackStatus: 'CREATE_COMPLETE', Tags: [] }

async function destroyIn(responses: Responses, args: readonly string[] = ['--yes'], env: Record<string, string> = {}) {
  aws = await startFakeAws(responses)
  return runScript('destroy', ['--stage', 'dev', ...args], { ...aws.environment, CDK_HOME: cdkHome, ...env })
}

const changing = () => aws!.asked.filter((operation) => !/^(Get|List|Describe)/.test(operation))

test('without a terminal and --yes: one line, exit 2, and only read operations', async () => {
  const { code, lines } = await destroyIn(accountWith([own(`${applicationId}-dev-catalog`)]), [])
  expect(lines).toEqual([expect.stringContaining('Nothing was done. Add --yes to proceed: Delete 1 stack permanently')])
  expect([code, changing()]).toEqual([2, []])
})

test('a stack of another app is not deleted', async () => {
  const { code, lines } = await destroyIn(accountWith([foreign]))
  expect(lines).toEqual([`There are no stacks of ${applicationId}-dev in account 123456789012, region eu-west-1.`])
  expect([code, changing()]).toEqual([0, []])
})

test('the stack of the pipeline’s role is not the stage’s', async () => {
  const { code, lines } = await destroyIn(accountWith([own(`${applicationId}-dev-pipeline`)]))
  expect(lines).toEqual([`There are no stacks of ${applicationId}-dev in account 123456789012, region eu-west-1.`])
  expect([code, changing()]).toEqual([0, []])
})

test('names the missing permission when the deployed resources cannot be read', async () => {
  const responses = accountWith([own(`${applicationId}-dev-catalog`)])
  const { code, lines } = await destroyIn({ ...responses, GetTemplate: denied('cloudformation:GetTemplate') })
  expect(lines).toEqual([expect.stringContaining('needs permission cloudformation:GetTemplate')])
  expect([code, changing()]).toEqual([1, []])
})

test('empties buckets before it deletes the first stack, and names stacks that the checkout does not define', async () => {
  buckets = await startTestBuckets('deleted', 'retained')
  for (const Bucket of ['deleted', 'retained'])
    await buckets.client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  const atDeletion: [string, string[]][] = []
  const whenDeleted = async (name: string) => void atDeletion.push([name, await buckets!.keys('deleted')])
  // The catalog stack depends on the data stack and is deleted first.
  const stacks = [
    { ...own(`${applicationId}-dev-data`), EnableTerminationProtection: true },
    own(`${applicationId}-dev-catalog`),
    own(`${applicationId}-dev-bygone`),
    foreign,
  ]
  const { code, lines } = await destroyIn(accountWith(stacks, whenDeleted), ['--yes'], {
    AWS_ENDPOINT_URL_S3: buckets.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // Read from AWS_DEFAULT_REGION, and passed in the variable that the CDK CLI reads.
    AWS_REGION: '',
    AWS_DEFAULT_REGION: 'eu-west-1',
  })
  expect([lines.join('\n'), atDeletion]).toEqual([
    expect.stringContaining(
      `aws cloudformation delete-stack --stack-name ${applicationId}-dev-bygone --region eu-west-1`,
    ),
    [
      [`${applicationId}-dev-catalog`, []],
      [`${applicationId}-dev-data`, []],
    ],
  ])
  expect(await buckets.keys('retained')).toEqual(['a'])
  expect(code).toBe(1)
})

test('deletes no object of a protected stack before it may delete the stack', async () => {
  buckets = await startTestBuckets('deleted')
  await buckets.client.send(new PutObjectCommand({ Bucket: 'deleted', Key: 'a', Body: 'x' }))
  const responses = accountWith([{ ...own(`${applicationId}-dev-data`), EnableTerminationProtection: true }])
  const UpdateTerminationProtection = denied('cloudformation:UpdateTerminationProtection')
  const { code, lines } = await destroyIn({ ...responses, UpdateTerminationProtection }, ['--yes'], {
    AWS_ENDPOINT_URL_S3: buckets.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  expect(lines.join('\n')).toContain('not authorized to perform: cloudformation:UpdateTerminationProtection')
  expect([code, await buckets.keys('deleted')]).toEqual([1, ['a']])
})

test('no stage is destroyed by default', async () => {
  const message = expect.stringMatching(/^Required option '--stage <stage>' not specified/)
  expect(await runScript('destroy', ['--yes'])).toEqual({ code: 2, lines: [message] })
})
