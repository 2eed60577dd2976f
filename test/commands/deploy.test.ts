import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { markAsCurrent, synthesize } from '#scripts/lib/cdk.ts'
import { stageNames } from '#infra/stages.ts'
import { denied, startFakeAws, type Responses, type FakeAws } from '#test/support/fake-aws.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { readyAccount, toolkit } from '#test/support/ready-account.ts'
import { runScript } from './command.ts'
import { applicationId } from '#shared/application.ts'

let aws: FakeAws | undefined

// Outside of the tests, which have a timeout.
beforeAll(() => synthesize('dev', { validated: true }))
afterEach(() => aws?.stop())

const deploy = (args: readonly string[], env?: Record<string, string>) => runScript('deploy', args, env)
const checkRelease = (env: Record<string, string>) =>
  runScript('check-release', ['--stage', 'dev', '--assembly', 'cdk.out'], env)

async function deployIn(responses: Responses, ...args: string[]) {
  aws = await startFakeAws(responses)
  return deploy(['--stage', 'dev', ...args], aws.environment)
}

test('passes the checked assembly to the CDK CLI', async () => {
  const { code, lines } = await deployIn(readyAccount, '--yes', '--dry-run', '--outputs', 'some/outputs.json')
  expect(lines).toContain('dev can be deployed.')
  expect(lines.at(-1)).toMatch(
    /^npx cdk deploy --all --app \S+cdk\.out --outputs-file some\/outputs\.json --require-approval never --concurrency 6$/,
  )
  expect(code).toBe(0)
})

test('an assembly that a start has synthesized, without validation, is not deployed', async () => {
  const folder = newFolder()
  oneStack(folder)
  markAsCurrent(folder, { stage: 'staging', inputs: '1', validated: false })
  aws = await startFakeAws(readyAccount)
  const args = ['--stage', 'staging', '--yes', '--assembly', folder]
  const { code, lines } = await deploy(args, aws.environment)
  expect([code, lines.at(-1)]).toEqual([1, expect.stringContaining('Leave out --assembly')])
  expect(aws.asked).toEqual(['GetCallerIdentity'])
})

test('check:release exits with 2 without credentials', async () => {
  const message = expect.stringContaining('No AWS credentials found')
  expect(await checkRelease({ AWS_REGION: 'eu-west-1' })).toEqual({ code: 2, lines: [message] })
})

const changing = () => aws!.asked.filter((operation) => !/^(Get|List|Describe|Validate)/.test(operation))

test('a stage that cannot be deployed: prints the remedy, and calls only read operations', async () => {
  const { code, lines } = await deployIn({ ...readyAccount, DescribeStacks: { Stacks: [] } }, '--yes')
  expect(lines.join('\n')).toContain('npx cdk bootstrap aws://123456789012/eu-west-1')
  expect(lines.at(-1)).toBe('Nothing was created.')
  expect(code).toBe(1)
  expect(changing()).toEqual([])
})

/** A deployed template without provisioned concurrency, derived from the template to deploy. */
function olderTemplate({ StackName }: { StackName: string }) {
  const template = JSON.parse(readFileSync(`cdk.out/${StackName}.template.json`, 'utf8'))
  for (const { Type, Properties } of Object.values<any>(template.Resources)) {
    if (Type !== 'AWS::Lambda::Alias') continue
    Properties.FunctionVersion['Fn::GetAtt'][0] += 'older'
    if (StackName.endsWith('-orders')) Properties.ProvisionedConcurrencyConfig = { ProvisionedConcurrentExecutions: 3 }
  }
  return { TemplateBody: JSON.stringify(template) }
}

test('code and provisioned concurrency are not deployed together', async () => {
  const { code, lines } = await deployIn({ ...readyAccount, GetTemplate: olderTemplate }, '--yes')
  const conflicts = lines.filter((line) => line.includes('change together'))
  expect(conflicts.map((line) => line.split(':')[0])).toContain(`${applicationId}-dev-orders-place-order`)
  expect(new Set(conflicts.map((line) => line.split('-')[2]))).toEqual(new Set(['orders']))
  expect(lines.at(-1)).toBe('Nothing was changed.')
  expect(code).toBe(1)
  expect(changing()).toEqual([])

  const checked = await runScript('check-release', ['--stage', 'dev'], aws!.environment)
  expect(checked).toEqual({ code: 1, lines: expect.arrayContaining([expect.stringContaining(conflicts[0]!)]) })
})

test('check:release passes without conflicting changes', async () => {
  aws = await startFakeAws(readyAccount)
  expect(await checkRelease(aws.environment)).toEqual({ code: 0, lines: ['No conflicting changes in dev.'] })
})

test('check:release compares a new warm throughput with that of the table itself', async () => {
  const stack = `${applicationId}-dev-data`
  const folder = newFolder()
  const wanted = tableTemplate({ ReadUnitsPerSecond: 15_000, WriteUnitsPerSecond: 5000 })
  oneStack(folder, stack, wanted)
  aws = await startFakeAws({
    ...readyAccount,
    GetTemplate: { TemplateBody: JSON.stringify(tableTemplate()) },
    ListStackResources: ({ StackName }: { StackName: string }) => ({
      StackResourceSummaries: [
        {
          LogicalResourceId: 'loans',
          PhysicalResourceId: `${StackName}-loans`,
          ResourceType: 'AWS::DynamoDB::GlobalTable',
        },
      ],
    }),
    DescribeTable: ({ TableName }: { TableName: string }) => ({
      Table: { TableName, WarmThroughput: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 4000 } },
    }),
  })
  const { code, lines } = await runScript('check-release', ['--stage', 'dev', '--assembly', folder], aws.environment)
  expect(lines).toEqual([expect.stringMatching(/^loans: the ReadUnitsPerSecond .* from 20000 to 15000/)])
  expect(code).toBe(1)
})

function tableTemplate(WarmThroughput?: object) {
  const Properties = { KeySchema: [], AttributeDefinitions: [], ...(WarmThroughput ? { WarmThroughput } : {}) }
  return { Resources: { loans: { Type: 'AWS::DynamoDB::GlobalTable', Properties } } }
}

test('check:release names the missing permission and exits with 2', async () => {
  aws = await startFakeAws({ ...readyAccount, GetTemplate: denied('cloudformation:GetTemplate') })
  const { code, lines } = await checkRelease(aws.environment)
  expect([code, lines.at(-1)]).toEqual([2, expect.stringContaining('needs permission cloudformation:GetTemplate')])
})

/** An assembly of one stack, by default of staging; the CDK CLI fails to deploy it. */
function oneStack(folder: string, name = `${applicationId}-staging-a`, template: object = { Resources: {} }): void {
  const properties = { templateFile: 'a.template.json', requiresBootstrapStackVersion: 6 }
  const artifacts = { [name]: { type: 'aws:cloudformation:stack', properties } }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: 'none', artifacts }))
  writeFileSync(join(folder, 'a.template.json'), JSON.stringify(template))
}

const deployedStack = {
  StackName: `${applicationId}-staging-a`,
  StackStatus: 'UPDATE_COMPLETE',
  Outputs: [{ OutputKey: 'ApiUrl', OutputValue: 'http://127.0.0.1:9' }],
  Tags: [
    { Key: 'application', Value: applicationId },
    { Key: 'stage', Value: 'staging' },
  ],
}

test('places synthetic orders during a deployment with canaries', async () => {
  const folder = newFolder()
  oneStack(folder)
  aws = await startFakeAws({
    ...readyAccount,
    DescribeStacks: { Stacks: [toolkit, deployedStack] },
    ListStackResources: { StackResourceSummaries: [] },
  })
  const { code, lines } = await deploy(['--stage', 'staging', '--yes', '--assembly', folder], {
    ...aws.environment,
    CARTWHEEL_DATA: folder,
    CDK_HOME: folder,
  })
  expect(lines).toContain(
    `Placing synthetic orders during the deployment: ${join(folder, 'synthetic-orders-staging.log')}`,
  )
  // The outputs of the deployment that is replaced, of which this one has too few.
  const log = readFileSync(join(folder, 'synthetic-orders-staging.log'), 'utf8')
  expect(log).toContain('the deployment of staging has no output UserPoolId')
  expect([code, lines.join('\n')]).toEqual([1, expect.not.stringContaining('is deployed')])
})

test.each([
  [
    'no terminal and no --yes',
    ['--stage', 'dev'],
    'Nothing was done: confirmation requires a terminal. Add --yes to deploy dev.',
  ],
  [
    'an unknown stage',
    ['--stage', 'nope', '--yes'],
    `argument 'nope' is invalid. Allowed choices are ${stageNames.join(', ')}`,
  ],
  ['no stage', ['--yes'], /^Required option '--stage <stage>' not specified/],
])('%s: one clear line, exit 2', async (_name, args, message) => {
  const { code, lines } = await deploy(args)
  expect([code, lines]).toEqual([2, [expect.stringMatching(message)]])
})
