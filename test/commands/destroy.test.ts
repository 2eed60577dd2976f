import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { synthesise } from '#scripts/lib/synthesize.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { denied, Refusal, startFakeAws, type Answers, type FakeAws } from '#test/support/fake-aws.ts'
import { noAccount } from '#test/support/no-account.ts'
import { readyAccount, toolkit } from '#test/support/ready-account.ts'
import { command } from './command.ts'

let aws: FakeAws | undefined
let buckets: TestBuckets | undefined
/** Where the CDK command line remembers accounts by their keys. */
const cdkHome = mkdtempSync(join(tmpdir(), 'cdk-home-'))

// Made already by the suite before; alone, on a busy machine, it takes longer than a test may.
beforeAll(() => synthesise('dev'))
afterEach(async () => {
  await aws?.stop()
  await buckets?.stop()
  buckets = undefined
})
afterAll(() => rmSync(cdkHome, { recursive: true }))

/** An account with stacks, of which each holds a bucket; those that are deleted are gone. */
function accountWith(stacks: object[], whenDeleted: (name: string) => Promise<void> = async () => {}): Answers {
  const standing = new Map(
    [toolkit, ...stacks].map((stack: any) => [stack.StackName, { StackId: `arn:${stack.StackName}`, ...stack }]),
  )
  return {
    ...readyAccount,
    DescribeStacks: ({ StackName }: { StackName?: string }) => {
      const found = [...standing.values()].filter(
        (stack) => !StackName || [stack.StackName, stack.StackId].includes(StackName),
      )
      return found.length > 0
        ? { Stacks: found }
        : new Refusal('ValidationError', `Stack with id ${StackName} does not exist`, 400)
    },
    GetTemplate: { TemplateBody: JSON.stringify({ Resources: { Bucket: {}, Kept: { DeletionPolicy: 'Retain' } } }) },
    ListStackResources: {
      StackResourceSummaries: [
        { LogicalResourceId: 'Bucket', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'going' },
        { LogicalResourceId: 'Kept', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'staying' },
      ],
    },
    DescribeStackEvents: { StackEvents: [] },
    DeleteStack: async ({ StackName }: { StackName: string }) => {
      const { StackName: name } = [...standing.values()].find((stack) =>
        [stack.StackName, stack.StackId].includes(StackName),
      )!
      await whenDeleted(name)
      standing.delete(name)
      return {}
    },
  }
}

const own = (StackName: string) => ({
  StackName,
  StackStatus: 'CREATE_COMPLETE',
  Tags: [
    { Key: 'application', Value: 'cartwheel' },
    { Key: 'stage', Value: 'dev' },
  ],
})
const foreign = { StackName: 'cartwheel-dev-identity', StackStatus: 'CREATE_COMPLETE', Tags: [] }

async function destroyIn(answers: Answers, args: readonly string[] = ['--yes'], env: Record<string, string> = {}) {
  aws = await startFakeAws(answers)
  const started = command(process.execPath, ['scripts/commands/destroy.ts', '--stage', 'dev', ...args], {
    ...noAccount,
    ...aws.environment,
    CDK_HOME: cdkHome,
    ...env,
  })
  return { code: await started.ended, lines: started.output().trim().split('\n') }
}

const changing = () => aws!.asked.filter((operation) => !/^(Get|List|Describe)/.test(operation))

test('nobody who can be asked, and no --yes: one line, and nothing that changes anything is asked of AWS', async () => {
  const { code, lines } = await destroyIn(accountWith([own('cartwheel-dev-catalog')]), [])
  expect(lines).toEqual([expect.stringContaining('Nothing was done. Add --yes to go ahead: Delete 1 stacks')])
  expect([code, changing()]).toEqual([1, []])
})

test('nothing stands there but what is foreign: it is left alone', async () => {
  const { code, lines } = await destroyIn(accountWith([foreign]))
  expect(lines).toEqual(['Nothing of cartwheel-dev stands in account 123456789012, region eu-west-1.'])
  expect([code, changing()]).toEqual([0, []])
})

test('whoever may not read what is deployed is told which permission lacks', async () => {
  const answers = accountWith([own('cartwheel-dev-catalog')])
  const { code, lines } = await destroyIn({ ...answers, GetTemplate: denied('cloudformation:GetTemplate') })
  expect(lines).toEqual([expect.stringContaining('needs permission cloudformation:GetTemplate')])
  expect([code, changing()]).toEqual([1, []])
})

test('buckets that go are empty before the first stack goes; what the checkout does not define is named', async () => {
  buckets = await startTestBuckets('going', 'staying')
  for (const Bucket of ['going', 'staying'])
    await buckets.client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  const atDeletion: [string, string[]][] = []
  const whenDeleted = async (name: string) => void atDeletion.push([name, await buckets!.keys('going')])
  // The catalog uses the data, and goes before them.
  const stacks = [own('cartwheel-dev-data'), own('cartwheel-dev-catalog'), own('cartwheel-dev-bygone'), foreign]
  const { code, lines } = await destroyIn(accountWith(stacks, whenDeleted), ['--yes'], {
    AWS_ENDPOINT_URL_S3: buckets.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // Found in the other variable, and handed on in the one that the CDK command line reads.
    AWS_REGION: '',
    AWS_DEFAULT_REGION: 'eu-west-1',
  })
  expect([lines.join('\n'), atDeletion]).toEqual([
    expect.stringContaining('aws cloudformation delete-stack --stack-name cartwheel-dev-bygone --region eu-west-1'),
    [
      ['cartwheel-dev-catalog', []],
      ['cartwheel-dev-data', []],
    ],
  ])
  expect(await buckets.keys('staying')).toEqual(['a'])
  expect(code).toBe(1)
})
