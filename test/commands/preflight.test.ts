import { startFakeAws, type Answers, type FakeAws } from '#test/support/fake-aws.ts'
import { readyAccount } from '#test/support/ready-account.ts'
import { command, npm } from './command.ts'

let aws: FakeAws | undefined

afterEach(() => aws?.stop())

/** Nobody's profile of this machine may help. */
const bare = {
  AWS_REGION: '',
  AWS_DEFAULT_REGION: '',
  AWS_PROFILE: '',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
}

async function preflight(args: readonly string[], env: Record<string, string> = {}) {
  // Without npm before it: that takes half of the time, and adds nothing here.
  const started = command(process.execPath, ['scripts/preflight.ts', ...args], { ...bare, ...env })
  return { code: await started.ended, lines: started.output().trim().split('\n') }
}

async function preflightIn(answers: Answers, ...args: string[]) {
  aws = await startFakeAws(answers)
  return preflight(['--stage', 'dev', ...args], { ...aws.environment })
}

test('a stage that can be deployed: every check has a line, exit 0', async () => {
  aws = await startFakeAws(readyAccount)
  const started = npm(['run', 'preflight', '--', '--stage', 'dev'], { ...bare, ...aws.environment })
  const code = await started.ended
  const lines = started.output().trim().split('\n')
  expect(lines.at(-1)).toBe('dev can be deployed.')
  expect(lines.filter((line) => line.startsWith('✓')).length).toBeGreaterThan(10)
  expect(code).toBe(0)
}, 60_000)

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
}, 60_000)

const keys = { AWS_ACCESS_KEY_ID: 'fake', AWS_SECRET_ACCESS_KEY: 'fake' }

test.each([
  ['no region', {}, 'AWS_REGION'],
  ['a region that is none', { ...keys, AWS_REGION: 'EU (Ireland)' }, 'AWS_REGION'],
  ['no credentials', { AWS_REGION: 'eu-west-1' }, 'aws sso login'],
  ['nobody at the endpoint', { ...keys, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, 'reached'],
])('%s: the one line that matters, before anything else is asked, exit 1', async (_name, env, part) => {
  const { code, lines } = await preflight(['--stage', 'dev'], env)
  expect(code).toBe(1)
  expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(1)
  expect(lines.join('\n')).toContain(part)
})

test.each([
  ['no stage', []],
  ['a stage that does not exist', ['--stage', 'nope']],
  ['an unknown flag', ['--stage', 'dev', '--colour']],
])('%s: one line, exit 2', async (_name, args) => {
  const { code, lines } = await preflight(args)
  expect([code, lines.length]).toEqual([2, 1])
})

test('a folder that holds no assembly: one line, exit 2', async () => {
  const { code, lines } = await preflightIn(readyAccount, '--assembly', 'no-such-folder')
  expect([code, lines.length]).toEqual([2, 1])
  expect(lines[0]).toContain('no-such-folder')
})
