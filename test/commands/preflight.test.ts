import { synthesize } from '#scripts/lib/cdk.ts'
import { startFakeAws, type FakeAws } from '#test/support/fake-aws.ts'
import { noAccount } from '#test/support/no-account.ts'
import { readyAccount } from '#test/support/ready-account.ts'
import { npm, runScript } from './command.ts'

let aws: FakeAws | undefined

// Outside of the tests, which have a timeout.
beforeAll(() => synthesize('dev', { validated: true }))
afterEach(() => aws?.stop())

test('a stage that can be deployed: every check has a line, exit 0', async () => {
  aws = await startFakeAws(readyAccount)
  const started = npm(['run', '--silent', 'preflight', '--', '--stage', 'dev'], { ...noAccount, ...aws.environment })
  const code = await started.ended
  const lines = started.output().trim().split('\n')
  expect(lines.at(-1)).toBe('dev can be deployed.')
  expect(lines.slice(0, -2).filter((line) => !line.startsWith('✓'))).toEqual([])
  expect(code).toBe(0)
})

test('a stage that cannot be deployed: the remedies, also as JSON, exit 1', async () => {
  aws = await startFakeAws({ ...readyAccount, DescribeStacks: { Stacks: [] } })
  const { code, lines } = await runScript('preflight', ['--stage', 'dev', '--json'], aws.environment)
  const { deployable, checks } = JSON.parse(lines.join('\n'))
  expect([code, deployable]).toEqual([1, false])
  expect(checks).toContainEqual({
    check: 'bootstrap',
    state: 'failed',
    finding: 'account 123456789012 is not bootstrapped in region eu-west-1',
    remedy: 'npx cdk bootstrap aws://123456789012/eu-west-1',
  })
})

test('an endpoint that does not respond: one failed check and no others, exit 1', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'fake', AWS_SECRET_ACCESS_KEY: 'fake', AWS_REGION: 'eu-west-1' }
  const { code, lines } = await runScript('preflight', ['--stage', 'dev'], keys)
  expect(code).toBe(1)
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([expect.stringContaining('cannot be reached')])
})
