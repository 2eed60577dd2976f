import { startFakeAws, type Answers, type FakeAws } from '#test/support/fake-aws.ts'
import { readyAccount } from '#test/support/ready-account.ts'
import { command } from './command.ts'

let aws: FakeAws | undefined

afterEach(() => aws?.stop())

async function deploy(args: readonly string[], env: Record<string, string> = {}) {
  const started = command(process.execPath, ['scripts/deploy.ts', ...args], env)
  return { code: await started.ended, lines: started.output().trim().split('\n') }
}

async function deployIn(answers: Answers, ...args: string[]) {
  aws = await startFakeAws(answers)
  return deploy(['--stage', 'dev', ...args], { ...aws.environment })
}

test('what was looked at is what the CDK command line gets', async () => {
  const { code, lines } = await deployIn(readyAccount, '--yes', '--dry-run', '--outputs', 'some/outputs.json')
  expect(lines).toContain('dev can be deployed.')
  expect(lines.at(-1)).toMatch(
    /^npx cdk deploy --all --app \S+cdk\.out --outputs-file some\/outputs\.json --require-approval never --no-notices$/,
  )
  expect(code).toBe(0)
}, 60_000)

test('a stage that cannot be deployed: what to do, and nothing that changes anything is asked of AWS', async () => {
  const { code, lines } = await deployIn({ ...readyAccount, DescribeStacks: { Stacks: [] } }, '--yes')
  expect(lines.join('\n')).toContain('npx cdk bootstrap aws://123456789012/eu-west-1')
  expect(lines.at(-1)).toBe('Nothing was created.')
  expect(code).toBe(1)
  expect(aws!.asked.filter((operation) => !/^(Get|List|Describe)/.test(operation))).toEqual([])
}, 60_000)

test.each([
  ['no stage', ['--yes']],
  ['a stage that does not exist', ['--stage', 'nope', '--yes']],
  ['nobody who can be asked, and no --yes', ['--stage', 'dev']],
])('%s: one line, exit 2', async (_name, args) => {
  const { code, lines } = await deploy(args)
  expect([code, lines.length]).toEqual([2, 1])
})
