import { synthesise } from '#scripts/lib/synthesize.ts'
import { startFakeAws, type Answers, type FakeAws } from '#test/support/fake-aws.ts'
import { noAccount } from '#test/support/no-account.ts'
import { readyAccount } from '#test/support/ready-account.ts'
import { command, npm } from './command.ts'

let aws: FakeAws | undefined

// Made already by the suite before; alone, on a busy machine, it takes longer than a test may.
beforeAll(() => synthesise('dev'), 300_000)
afterEach(() => aws?.stop())

async function preflight(args: readonly string[], env: Record<string, string> = {}) {
  // Without npm before it: that takes half of the time, and adds nothing here.
  const started = command(process.execPath, ['scripts/commands/preflight.ts', ...args], { ...noAccount, ...env })
  return { code: await started.ended, lines: started.output().trim().split('\n') }
}

async function preflightIn(answers: Answers, ...args: string[]) {
  aws = await startFakeAws(answers)
  return preflight(['--stage', 'dev', ...args], { ...aws.environment })
}

test('a stage that can be deployed: every check has a line, exit 0', async () => {
  aws = await startFakeAws(readyAccount)
  const started = npm(['run', 'preflight', '--', '--stage', 'dev'], { ...noAccount, ...aws.environment })
  const code = await started.ended
  const lines = started.output().trim().split('\n')
  expect(lines.at(-1)).toBe('dev can be deployed.')
  expect(lines.filter((line) => line.startsWith('✓')).length).toBeGreaterThan(10)
  expect(code).toBe(0)
})

test('one that cannot: what to do, also as JSON, exit 1', async () => {
  const { code, lines } = await preflightIn({ ...readyAccount, DescribeStacks: { Stacks: [] } }, '--json')
  const { deployable, checks } = JSON.parse(lines.join('\n'))
  expect([code, deployable]).toEqual([1, false])
  expect(checks).toContainEqual({
    check: 'bootstrap',
    state: 'bad',
    finding: 'the CDK has nothing in account 123456789012, region eu-west-1 yet',
    remedy: 'npx cdk bootstrap aws://123456789012/eu-west-1',
  })
})

test('nobody at the endpoint: the one line that matters, before anything else is asked, exit 1', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'fake', AWS_SECRET_ACCESS_KEY: 'fake', AWS_REGION: 'eu-west-1' }
  const { code, lines } = await preflight(['--stage', 'dev'], keys)
  expect(code).toBe(1)
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([expect.stringContaining('cannot be reached')])
})

test('a mistake of the caller: one line, exit 2', async () => {
  const { code, lines } = await preflight(['--stage', 'nope'])
  expect([code, lines.length]).toEqual([2, 1])
})
