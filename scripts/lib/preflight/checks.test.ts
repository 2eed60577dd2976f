import { checkBootstrap } from './bootstrap.ts'
import { checkConcurrency } from './concurrency.ts'
import { checkIdentity } from './identity.ts'
import { all, ask, type Known } from './known.ts'
import { checkMailAccount, checkMailRate, checkSender } from './mail.ts'
import { checkNames, type TakenNames } from './names.ts'
import { checkProtections } from './protections.ts'
import { checkStacks, type DeployedStack } from './stacks.ts'
import { checkTableQuotas } from './table-quotas.ts'
import { checkTextMessages } from './text-messages.ts'
import { checkTools, npmVersionOf } from './tools.ts'
import { isDeployable, reportOf } from './report.ts'
import { bad, good, mind, type Verdict } from './verdict.ts'

const known = <T>(value: T): Known<T> => ({ known: true, value })
const unknown = { known: false, why: 'needs permission x:Y', remedy: 'Grant it.' } as const

/** Any verdict is one line, and one that is not good says what to do. */
function expectVerdict(verdict: Verdict, state: Verdict['state'], ...parts: string[]): void {
  const text = `${verdict.finding} → ${verdict.remedy ?? ''}`
  expect([verdict.state, text.split('\n').length]).toEqual([state, 1])
  expect(verdict.remedy === undefined).toBe(state === 'good')
  for (const part of parts) expect(text).toContain(part)
}

test('tools', () => {
  expectVerdict(checkTools({ node: '24.21.0', pinnedNode: '24.21.0', npm: '11.6.0' }), 'good', '24.21.0', '11.6.0')
  expectVerdict(checkTools({ node: '22.1.0', pinnedNode: '24.21.0', npm: undefined }), 'mind', '22.1.0', 'npm run')
  expect(npmVersionOf('npm/11.6.0 node/v24.1.0 linux x64')).toBe('11.6.0')
  expect(npmVersionOf(undefined)).toBeUndefined()
})

test('account', () => {
  const place = { account: '123456789012', region: 'eu-west-1', caller: 'arn:aws:iam::123456789012:user/ada' }
  expectVerdict(checkIdentity({ kind: 'known', ...place }), 'good', '123456789012', 'eu-west-1', 'user/ada')
  expectVerdict(checkIdentity({ kind: 'no-region', reason: 'missing' }), 'bad', 'region', 'AWS_REGION')
  expectVerdict(checkIdentity({ kind: 'no-credentials', reason: 'none found' }), 'bad', 'none found', 'AWS_PROFILE')
  expectVerdict(checkIdentity({ kind: 'refused', reason: 'ExpiredToken' }), 'bad', 'ExpiredToken', 'Sign in again')
  expectVerdict(checkIdentity({ kind: 'unreachable', reason: 'ENOTFOUND' }), 'bad', 'ENOTFOUND', 'AWS_ENDPOINT_URL')
})

const stack = (name: string, fields: Partial<DeployedStack> = {}): DeployedStack => ({
  name,
  status: 'UPDATE_COMPLETE',
  tags: { application: 'cartwheel', stage: 'dev' },
  outputs: {},
  ...fields,
})

test('bootstrap', () => {
  const place = { account: '123456789012', region: 'eu-west-1' }
  const command = 'npx cdk bootstrap aws://123456789012/eu-west-1'
  const toolkit = (BootstrapVersion: string) => known([stack('CDKToolkit', { outputs: { BootstrapVersion } })])
  expectVerdict(checkBootstrap(toolkit('21'), place, 8), 'good', '21')
  expectVerdict(checkBootstrap(toolkit('8'), place, 8), 'good')
  expectVerdict(checkBootstrap(toolkit('7'), place, 8), 'bad', 'version 7', command)
  expectVerdict(checkBootstrap(known([stack('CDKToolkit')]), place, 8), 'bad', command)
  expectVerdict(checkBootstrap(known([stack('another')]), place, 8), 'bad', command)
  expectVerdict(checkBootstrap(unknown, place, 8), 'mind', 'could not be checked: needs permission x:Y')
})

describe('stacks', () => {
  const check = (...stacks: DeployedStack[]) => checkStacks(known(stacks), 'dev', ['dev-a', 'dev-b'])

  test('that are absent, or whole, can be deployed', () => {
    expectVerdict(check(), 'good', 'none of 2')
    expectVerdict(check(stack('dev-a'), stack('other', { status: 'DELETE_FAILED', tags: {} })), 'good', '1 of 2')
    expectVerdict(check(stack('dev-a', { status: 'REVIEW_IN_PROGRESS' })), 'good')
    expectVerdict(check(stack('dev-a', { status: 'ROLLBACK_COMPLETE' })), 'mind', 'dev-a')
    expectVerdict(checkStacks(unknown, 'dev', ['dev-a']), 'mind', 'could not be checked')
  })

  test("of the same name that are another's cannot", () => {
    expectVerdict(check(stack('dev-a', { tags: {} })), 'bad', 'dev-a', 'another account')
    expectVerdict(check(stack('dev-a', { tags: { application: 'cartwheel', stage: 'prod' } })), 'bad', 'dev-a')
  })

  test.each([
    ['UPDATE_IN_PROGRESS', 'Wait'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name dev-a'],
    ['DELETE_FAILED', 'delete-stack --stack-name dev-a'],
    ['ROLLBACK_FAILED', 'delete-stack --stack-name dev-a'],
  ])('in %s cannot', (status, remedy) => expectVerdict(check(stack('dev-a', { status })), 'bad', status, remedy))
})

describe('names', () => {
  const queue = { type: 'AWS::SQS::Queue', name: 'dev-q' } as const
  const alarm = { type: 'AWS::CloudWatch::CompositeAlarm', name: 'dev-burn' } as const
  const taken = (...names: string[]): TakenNames[] => [{ type: 'AWS::SQS::Queue', names: known(names) }]

  test('that nobody has, or our own stacks have, are free', () => {
    expectVerdict(checkNames([queue], taken('dev-q-2'), known([])), 'good', '1 fixed')
    const own = known([
      { logicalId: 'Q', type: 'AWS::SQS::Queue', physicalId: 'https://sqs.eu-west-1.amazonaws.com/1/dev-q' },
    ])
    expectVerdict(checkNames([queue], taken('dev-q'), own), 'good')
  })

  test('that exist elsewhere in the account collide', () => {
    expectVerdict(checkNames([queue], taken('dev-q'), known([])), 'bad', 'Queue dev-q exists', 'cdk import')
    const simple: TakenNames[] = [{ type: 'AWS::CloudWatch::Alarm', names: known(['dev-burn']) }]
    expectVerdict(checkNames([alarm], simple, known([])), 'bad', 'dev-burn')
    const many = ['a', 'b', 'c', 'd'].map((name) => ({ ...queue, name }))
    expectVerdict(checkNames(many, taken('a', 'b', 'c', 'd'), known([])), 'bad', 'and 1 more exist already')
  })

  test('of which AWS does not tell are no collision, and not checked', () => {
    expectVerdict(checkNames([queue], taken('dev-q'), unknown), 'mind', 'x:Y')
    expectVerdict(checkNames([queue], [{ type: 'AWS::SQS::Queue', names: unknown }], known([])), 'mind', 'x:Y')
  })
})

test('protections', () => {
  const keeper = (isProtected: boolean) => ({ name: 'table t', isProtected, command: 'aws protect t' })
  expectVerdict(checkProtections(known([]), true), 'good', 'be protected')
  expectVerdict(checkProtections(known([keeper(true)]), true), 'good', 'table t')
  expectVerdict(checkProtections(known([keeper(true), keeper(false)]), true), 'mind', 'aws protect t')
  expectVerdict(checkProtections(known([keeper(false)]), false), 'good', 'none')
  expectVerdict(checkProtections(known([keeper(true)]), false), 'good', 'deletion is refused')
  expectVerdict(checkProtections(unknown, true), 'mind')
})

describe('mail', () => {
  const ses = { from: 'orders@shop.example', mode: 'ses' } as const
  const simulator = { ...ses, mode: 'simulator' } as const
  const account = { production: true, sendingEnabled: true, mailsPerSecond: 14, mailsPerDay: 50_000 }
  const sandbox = known({ ...account, production: false })

  test('in mode ses demands a verified sender and production access', () => {
    expectVerdict(checkSender(known('verified'), ses), 'good', 'orders@shop.example')
    expectVerdict(checkSender(known('absent'), ses), 'bad', '--email-identity shop.example', "'simulator'")
    expectVerdict(checkSender(known('unverified'), ses), 'bad', 'not verified yet')
    expectVerdict(checkMailAccount(known(account), ses), 'good', '14 mails a second')
    expectVerdict(checkMailAccount(sandbox, ses), 'bad', 'Request production access')
    expectVerdict(checkMailAccount(known({ ...account, sendingEnabled: false }), ses), 'bad', 'paused')
  })

  test('in mode simulator demands neither, and says so', () => {
    expectVerdict(checkSender(known('absent'), simulator), 'good', 'simulator')
    expectVerdict(checkMailAccount(sandbox, simulator), 'good', 'simulator')
    expectVerdict(checkMailAccount(known({ ...account, sendingEnabled: false }), simulator), 'mind', 'paused')
    expectVerdict(checkMailRate(unknown, simulator, account), 'good', 'simulator')
  })

  test('comes late when the peak is more than SES sends', () => {
    expectVerdict(checkMailRate(known(account), ses, account), 'good')
    expectVerdict(checkMailRate(known(account), ses, { ...account, mailsPerSecond: 15 }), 'mind', 'L-CDEF9B6B', '15')
    expectVerdict(checkMailRate(known(account), ses, { ...account, mailsPerDay: 50_001 }), 'mind', 'L-804C8AE8')
  })

  test('is not checked where AWS does not tell', () => {
    expectVerdict(checkSender(unknown, ses), 'mind')
    expectVerdict(checkMailAccount(unknown, ses), 'mind')
    expectVerdict(checkMailRate(unknown, ses, account), 'mind')
  })
})

test('text messages are told of, and stop nothing', () => {
  expectVerdict(checkTextMessages(known(true)), 'good', 'in its sandbox', 'nothing here sends')
  expectVerdict(checkTextMessages(known(false)), 'good', 'out of')
  expectVerdict(checkTextMessages(unknown), 'mind')
})

test('concurrency', () => {
  const limits = (total: number, unreserved = total) => known({ total, unreserved })
  expectVerdict(checkConcurrency(limits(1000), { provisioned: 5, peak: 200 }), 'good', '1000')
  expectVerdict(checkConcurrency(limits(105), { provisioned: 5, peak: 10 }), 'good')
  expectVerdict(checkConcurrency(limits(104), { provisioned: 5, peak: 10 }), 'bad', 'L-B99A9384', '1000')
  expectVerdict(checkConcurrency(limits(10), { provisioned: 0, peak: 10 }), 'good')
  expectVerdict(checkConcurrency(limits(10), { provisioned: 0, peak: 11 }), 'mind', 'L-B99A9384')
  expectVerdict(checkConcurrency(limits(1000, 50), { provisioned: 0, peak: 60 }), 'mind', '--desired-value 2000')
  expectVerdict(checkConcurrency(unknown, { provisioned: 0, peak: 0 }), 'mind')
})

test('quotas of the table', () => {
  const limits = known({ reads: 40_000, writes: 40_000 })
  const peak = { reads: 100, writes: 200 }
  expectVerdict(checkTableQuotas(limits, undefined, peak), 'good', '40000', '200')
  expectVerdict(checkTableQuotas(limits, { reads: 12_000, writes: 40_001 }, peak), 'bad', 'L-AB614373', '40001')
  expectVerdict(checkTableQuotas(limits, { reads: 40_001, writes: 4000 }, peak), 'bad', 'L-CF0CBE56')
  expectVerdict(checkTableQuotas(limits, undefined, { reads: 1, writes: 40_001 }), 'mind', 'L-AB614373')
  expectVerdict(checkTableQuotas(unknown, undefined, peak), 'mind')
})

test('a denial is a fact, and a bug is not', async () => {
  const refusal = (name: string) => Object.assign(new Error('no\nreally'), { name, $metadata: {} })
  const asking = (error: unknown) => ask('ses:GetAccount', () => Promise.reject(error))
  expect(await asking(refusal('AccessDeniedException'))).toMatchObject({ why: 'needs permission ses:GetAccount' })
  expect(await asking(refusal('Throttling'))).toMatchObject({ why: 'ses:GetAccount failed: Throttling: no' })
  expect(await asking(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toMatchObject({ known: false })
  await expect(asking(new TypeError('a bug'))).rejects.toThrow('a bug')
  expect(all([known(1), known(2)])).toEqual(known([1, 2]))
  expect(all([known(1), unknown])).toEqual(unknown)
})

test('the report has a line for each check, and one for each thing to do', () => {
  const verdicts = [good('a', 'fine'), mind('bcd', 'look', 'Look.'), bad('e', 'broken', 'Mend it.')]
  expect(reportOf('dev', verdicts).split('\n')).toEqual([
    '✓ a    fine',
    '! bcd  look',
    '       → Look.',
    '✗ e    broken',
    '       → Mend it.',
    '',
    'dev cannot be deployed: 1 to mend (✗), 1 to mind (!).',
  ])
  expect(reportOf('dev', verdicts.slice(0, 2))).toContain('dev can be deployed; 1 to mind (!).')
  expect([isDeployable(verdicts), isDeployable(verdicts.slice(0, 2))]).toEqual([false, true])
})
