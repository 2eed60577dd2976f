import type { MailSettings } from '#infra/stage-settings.ts'
import { stageOf } from '#infra/stages.ts'
import type { Known } from '../aws-errors.ts'
import { checkAlias, checkCertificate, checkPolicies } from './distribution.ts'
import { checkIdentity, checkTools, npmVersionOf } from './identity.ts'
import { checkMailAccount, checkMailRate, checkSender, checkTextMessages } from './mail.ts'
import { checkNames, type TakenNames } from './names.ts'
import { checkProtections } from './protections.ts'
import { checkConcurrency, checkTableQuotas } from './quotas.ts'
import { checkBootstrap, checkRegion, checkStacks, type DeployedStack } from './stacks.ts'
import { failed, isDeployable, ok, reportOf, warning, type Verdict } from './verdict.ts'
import { applicationId } from '#shared/application.ts'

const known = <T>(value: T): Known<T> => ({ known: true, value })
const unknown = { known: false, why: 'needs permission x:Y', remedy: 'Grant it.' } as const

/** A verdict is one line; a verdict other than ok includes a remedy. */
function expectVerdict(verdict: Verdict, state: Verdict['state'], ...parts: string[]): void {
  const text = `${verdict.finding} → ${verdict.remedy ?? ''}`
  expect([verdict.state, text.split('\n').length]).toEqual([state, 1])
  expect(verdict.remedy === undefined).toBe(state === 'ok')
  for (const part of parts) expect(text).toContain(part)
}

test('tools', () => {
  expectVerdict(checkTools({ node: '24.21.0', pinnedNode: '24.21.0', npm: '11.6.0' }), 'ok', '24.21.0', '11.6.0')
  expectVerdict(checkTools({ node: '22.1.0', pinnedNode: '24.21.0', npm: undefined }), 'warning', '22.1.0', 'npm run')
  expect(npmVersionOf('npm/11.6.0 node/v24.1.0 linux x64')).toBe('11.6.0')
  expect(npmVersionOf(undefined)).toBeUndefined()
})

test('account', () => {
  const place = { account: '123456789012', region: 'eu-west-1', caller: 'arn:aws:iam::123456789012:user/ada' }
  expectVerdict(checkIdentity(known(place)), 'ok', '123456789012', 'eu-west-1', 'user/ada')
  expectVerdict(checkIdentity(unknown), 'failed', 'needs permission x:Y', 'Grant it.')
})

const stack = (name: string, fields: Partial<DeployedStack> = {}): DeployedStack => ({
  name,
  status: 'UPDATE_COMPLETE',
  isProtected: false,
  tags: { application: applicationId, stage: 'dev' },
  outputs: {},
  ...fields,
})

test('bootstrap', () => {
  const place = { account: '123456789012', region: 'eu-west-1' }
  const command = 'npx cdk bootstrap aws://123456789012/eu-west-1'
  const toolkit = (BootstrapVersion: string) => known([stack('CDKToolkit', { outputs: { BootstrapVersion } })])
  expectVerdict(checkBootstrap(toolkit('21'), place, 8), 'ok', '21')
  expectVerdict(checkBootstrap(toolkit('8'), place, 8), 'ok')
  expectVerdict(checkBootstrap(toolkit('7'), place, 8), 'failed', 'version 7', command)
  expectVerdict(checkBootstrap(known([stack('CDKToolkit')]), place, 8), 'failed', command)
  expectVerdict(checkBootstrap(known([stack('another')]), place, 8), 'failed', command)
})

test('region', () => {
  const region = 'eu-north-1'
  expectVerdict(checkRegion(known([]), { region }), 'ok', region)
  expectVerdict(checkRegion(known(['AWS::Budgets::Budget']), { region }), 'failed', region, 'AWS::Budgets::Budget')
  expectVerdict(checkRegion(unknown, { region }), 'warning', 'x:Y')
})

describe('stacks', () => {
  const check = (...stacks: DeployedStack[]) =>
    checkStacks(known(stacks), { name: 'dev', prefix: 'dev' }, ['dev-a', 'dev-b'])

  test('that do not exist, or are complete, can be deployed', () => {
    expectVerdict(check(), 'ok', 'none of 2')
    expectVerdict(check(stack('dev-a'), stack('other', { status: 'DELETE_FAILED', tags: {} })), 'ok', '1 of 2')
    expectVerdict(check(stack('dev-a', { status: 'REVIEW_IN_PROGRESS' })), 'ok')
    expectVerdict(check(stack('dev-a', { status: 'ROLLBACK_COMPLETE' })), 'warning', 'dev-a')
  })

  test('that this checkout does not define are named, but not the pipeline’s', () => {
    expectVerdict(check(stack('dev-a'), stack('dev-bygone')), 'warning', 'dev-bygone', 'Remove a service')
    expectVerdict(check(stack('dev-a'), stack('dev-pipeline'), stack('dev-foreign', { tags: {} })), 'ok', '1 of 2')
  })

  test('of the same name that belong to another app cannot', () => {
    expectVerdict(check(stack('dev-a', { tags: {} })), 'failed', 'dev-a', 'another account')
    expectVerdict(check(stack('dev-a', { tags: { application: applicationId, stage: 'prod' } })), 'failed', 'dev-a')
  })

  test.each([
    ['UPDATE_IN_PROGRESS', 'Wait'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name dev-a'],
    ['DELETE_FAILED', 'delete-stack --stack-name dev-a'],
    ['ROLLBACK_FAILED', 'delete-stack --stack-name dev-a'],
  ])('in %s cannot', (status, remedy) => expectVerdict(check(stack('dev-a', { status })), 'failed', status, remedy))

  test('that a deployment or a person has to delete are unprotected before', () => {
    const command = 'update-termination-protection --no-enable-termination-protection --stack-name dev-a'
    const failedCreation = stack('dev-a', { status: 'ROLLBACK_COMPLETE', isProtected: true })
    expectVerdict(check(failedCreation), 'failed', 'termination protection is on', command)
    const stuck = stack('dev-a', { status: 'DELETE_FAILED', isProtected: true })
    expectVerdict(check(stuck), 'failed', `${command} && aws cloudformation delete-stack --stack-name dev-a`)
    expectVerdict(check(stack('dev-a', { isProtected: true })), 'ok', '1 of 2')
  })
})

test('names that AWS does not list are reported as unchecked, not as collisions', () => {
  const queue = { type: 'AWS::SQS::Queue', name: 'dev-q' } as const
  const taken = (names: TakenNames['names']): TakenNames[] => [{ type: 'AWS::SQS::Queue', names }]
  expectVerdict(checkNames([queue], taken(known(['dev-q'])), unknown), 'warning', 'x:Y')
  expectVerdict(checkNames([queue], taken(unknown), known([])), 'warning', 'x:Y')
  expectVerdict(checkNames([queue], taken(known(['dev-q-2'])), known([])), 'ok', '1 fixed')
})

test('alarms of both types share their names, and the first of many collisions are named', () => {
  const taken: TakenNames[] = [{ type: 'AWS::CloudWatch::Alarm', names: known(['burn', 'late', 'lost', 'stuck']) }]
  const composite = (name: string) => ({ type: 'AWS::CloudWatch::CompositeAlarm', name }) as const
  expectVerdict(checkNames([composite('burn')], taken, known([])), 'failed', 'burn already exists', 'cdk import')
  const many = ['burn', 'late', 'lost', 'stuck'].map(composite)
  expectVerdict(checkNames(many, taken, known([])), 'failed', 'lost and 1 more already exist')
})

test('protections', () => {
  const resource = (isProtected: boolean) => ({ name: 'table t', isProtected, command: 'aws protect t' })
  expectVerdict(checkProtections(known([]), true), 'ok', 'protection will be on')
  expectVerdict(checkProtections(known([resource(true)]), true), 'ok', 'table t')
  expectVerdict(checkProtections(known([resource(true), resource(false)]), true), 'warning', 'aws protect t')
  expectVerdict(checkProtections(known([resource(false)]), false), 'ok', 'none')
  expectVerdict(checkProtections(known([resource(true)]), false), 'ok', 'deletion protection is on')
})

describe('mail', () => {
  const ses = { from: 'orders@shop.example', identity: 'shop.example', mode: 'ses', ratePerSecond: 14 } as const
  const simulator = { ...ses, mode: 'simulator' } as const
  const account = { production: true, sendingEnabled: true, mailsPerSecond: 14, mailsPerDay: 50_000 }
  const sandbox = known({ ...account, production: false })
  const peakOf = (mail: MailSettings, customersPerDay = 1000) => ({
    mail,
    expectedPeak: { ...stageOf('prod').expectedPeak, customersPerDay },
  })

  test('in mode ses requires a verified sender and production access', () => {
    expectVerdict(checkSender(known('verified'), ses), 'ok', 'orders@shop.example')
    expectVerdict(checkSender(known('absent'), ses), 'failed', 'bootstrap/app.ts" -c mail=shop.example', "'simulator'")
    expectVerdict(checkSender(known('absent'), { ...ses, identity: ses.from }), 'failed', 'click the link')
    expectVerdict(checkSender(known('unverified'), ses), 'failed', 'not verified yet')
    expectVerdict(checkMailAccount(known(account), ses), 'ok', '14 emails per second')
    expectVerdict(checkMailAccount(sandbox, ses), 'failed', 'Request production access')
    expectVerdict(checkMailAccount(known({ ...account, sendingEnabled: false }), ses), 'failed', 'paused')
  })

  test('in mode simulator requires neither, and reports it', () => {
    expectVerdict(checkSender(known('absent'), simulator), 'ok', 'simulator')
    expectVerdict(checkMailAccount(sandbox, simulator), 'ok', 'simulator')
    expectVerdict(checkMailAccount(known({ ...account, sendingEnabled: false }), simulator), 'warning', 'paused')
    expectVerdict(checkMailRate(unknown, peakOf(simulator, 50), account), 'ok', 'simulator')
    expectVerdict(checkMailRate(unknown, peakOf(simulator, 51), account), 'warning', '50 sign-ups a day', '51')
  })

  test('is reported as late when the peak exceeds the sending rate', () => {
    expectVerdict(checkMailRate(known(account), peakOf(ses), account), 'ok')
    expectVerdict(
      checkMailRate(known(account), peakOf(ses), { ...account, mailsPerSecond: 15 }),
      'warning',
      'L-CDEF9B6B',
      '15',
    )
    expectVerdict(
      checkMailRate(known(account), peakOf(ses), { ...account, mailsPerDay: 50_001 }),
      'warning',
      'L-804C8AE8',
    )
    expectVerdict(
      checkMailRate(known(account), peakOf({ ...ses, ratePerSecond: 20 }), account),
      'warning',
      'mail.ratePerSecond is 20',
      'L-CDEF9B6B',
    )
  })
})

test('the sandbox for text messages is reported and does not fail the check', () => {
  expectVerdict(checkTextMessages(known(true)), 'warning', 'in its sandbox', 'Exit SMS sandbox')
  expectVerdict(checkTextMessages(known(false)), 'ok', 'out of', '$1 until AWS Support raises it')
})

test('concurrency', () => {
  const limits = (total: number, unreserved = total) => known({ total, unreserved })
  expectVerdict(checkConcurrency(limits(1000), { provisioned: 5, peak: 200 }), 'ok', '1000')
  expectVerdict(checkConcurrency(limits(105), { provisioned: 5, peak: 10 }), 'ok')
  expectVerdict(checkConcurrency(limits(104), { provisioned: 5, peak: 10 }), 'failed', 'L-B99A9384', '1000')
  expectVerdict(checkConcurrency(limits(50), { provisioned: 0, peak: 50 }), 'ok')
  expectVerdict(checkConcurrency(limits(50), { provisioned: 0, peak: 51 }), 'warning', 'L-B99A9384')
  // The quota of a new account.
  expectVerdict(
    checkConcurrency(limits(10), { provisioned: 0, peak: 1 }),
    'warning',
    'end-to-end',
    'L-B99A9384',
    '1000',
  )
  expectVerdict(checkConcurrency(limits(1000, 50), { provisioned: 0, peak: 60 }), 'warning', '--desired-value 2000')
})

test('quotas of the table', () => {
  const limits = known({ reads: 40_000, writes: 40_000 })
  const peak = { reads: 100, writes: 200 }
  expectVerdict(checkTableQuotas(limits, undefined, peak), 'ok', '40000', '200')
  expectVerdict(checkTableQuotas(limits, { reads: 12_000, writes: 40_001 }, peak), 'failed', 'L-AB614373', '40001')
  expectVerdict(checkTableQuotas(limits, { reads: 40_001, writes: 4000 }, peak), 'failed', 'L-CF0CBE56')
  expectVerdict(checkTableQuotas(limits, undefined, { reads: 1, writes: 40_001 }), 'warning', 'L-AB614373')
})

test('policies of CloudFront', () => {
  const counts = (cache: number, headers: number) => ({
    'AWS::CloudFront::CachePolicy': cache,
    'AWS::CloudFront::ResponseHeadersPolicy': headers,
  })
  const wanted = counts(2, 4)
  const none = known(counts(0, 0))
  const found = 'will have 20 cache policies and 20 response headers policies'
  expectVerdict(checkPolicies(known(counts(18, 16)), wanted, none), 'ok', found)
  expectVerdict(checkPolicies(known(counts(20, 20)), wanted, known(wanted)), 'ok', found)
  expectVerdict(checkPolicies(known(counts(19, 16)), wanted, none), 'warning', '21 cache', 'L-7D134442', 'us-east-1')
  expectVerdict(checkPolicies(known(counts(2, 17)), wanted, none), 'warning', 'L-CF0D4FC5 --desired-value 21')
  // A release that creates more of them than the one before.
  expectVerdict(checkPolicies(known(counts(20, 20)), wanted, known(counts(2, 3))), 'warning', '21 response headers')
  expectVerdict(checkPolicies(unknown, wanted, none), 'warning', 'x:Y')
  expectVerdict(checkPolicies(known(wanted), wanted, unknown), 'warning', 'x:Y')
})

describe('the certificate of a domain', () => {
  const domain = { name: 'shop.example.com', certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a' }
  const check = (status: string, ...names: string[]) => checkCertificate(known({ status, names }), domain)

  test('has to be issued', () => {
    expectVerdict(check('ISSUED', 'example.com', 'shop.example.com'), 'ok', 'shop.example.com')
    expectVerdict(check('PENDING_VALIDATION', domain.name), 'failed', 'DNS records', domain.certificateArn)
    expectVerdict(check('EXPIRED', domain.name), 'failed', 'EXPIRED', 'request-certificate')
    expectVerdict(
      checkCertificate(known(undefined), domain),
      'failed',
      'does not exist',
      '--domain-name shop.example.com',
    )
    expectVerdict(checkCertificate(unknown, domain), 'warning', 'x:Y')
  })

  test('has to cover the name, by a wildcard for one label at most', () => {
    expectVerdict(check('ISSUED', '*.example.com'), 'ok', '*.example.com')
    for (const other of ['example.com', '*.com', '*.shop.example.com', 'shop.example.org'])
      expectVerdict(check('ISSUED', other), 'failed', `covers ${other}, but not shop.example.com`)
  })
})

test('the domain of a stage is an alias of no other distribution of the account', () => {
  const own = known([{ physicalId: 'EOWN' }])
  const check = (id: string, ...aliases: string[]) => checkAlias(known([{ id, aliases }]), 'shop.example.com', own)
  expectVerdict(checkAlias(known([]), 'shop.example.com', own), 'ok', 'shop.example.com')
  expectVerdict(check('EOTHER', 'www.example.com', '*.example.com'), 'ok')
  expectVerdict(check('EOWN', 'shop.example.com'), 'ok')
  expectVerdict(check('EOTHER', 'www.example.com', 'shop.example.com'), 'failed', 'EOTHER has shop.example.com already')
  expectVerdict(checkAlias(unknown, 'shop.example.com', own), 'warning', 'x:Y')
  expectVerdict(checkAlias(known([]), 'shop.example.com', unknown), 'warning', 'x:Y')
})

test('the report has a line for each check and for each remedy', () => {
  const verdicts = [ok('a', 'fine'), warning('bcd', 'look', 'Look.'), failed('e', 'broken', 'Fix it.')]
  expect(reportOf('dev', verdicts).split('\n')).toEqual([
    '✓ a    fine',
    '! bcd  look',
    '       → Look.',
    '✗ e    broken',
    '       → Fix it.',
    '',
    'dev cannot be deployed: 1 failed (✗), 1 warning (!).',
  ])
  expect(reportOf('dev', verdicts.slice(0, 2))).toContain('dev can be deployed; 1 warning (!).')
  expect([isDeployable(verdicts), isDeployable(verdicts.slice(0, 2))]).toEqual([false, true])
})
