import { type Denial, describePrincipal } from '@cartwheel/local/iam'
import { synthesize } from '#scripts/lib/cdk.ts'
import { readTemplates } from '#scripts/lib/templates.ts'
import { dayMs } from '#shared/days.ts'
import { flows } from './flows.ts'
import { deniedFromTheStart, isUsedAtInit } from './fresh-proof.ts'
import { dependents, prove } from './proof.ts'
import { describePart, isTrust, listOf, partsOf, statementsOf, type StatementPart } from './statement-part.ts'
import { declaredStatements } from './declared-statements.ts'
import { unprovable } from './unprovable.ts'
import { WatchedSystem, type WatchedDecision } from './watched-system.ts'

const assembly = await synthesize('dev')
const system = await WatchedSystem.start(assembly)
afterAll(() => system.stop())
/** Of the policies of all roles and resources. */
const allParts = system.iam.policies().flatMap(partsOf)
await system.fill()

/** The decisions of all flows, with complete policies: those up to the first removal of a part. */
let decisions: readonly WatchedDecision[] | undefined
const known = () => (decisions ??= [...system.decisions])

/** Whether the decision of a call depends on the part, which allows it. */
const isNeeded = (part: StatementPart) => dependents(part, known()).length > 0

let fromTheStart: ReturnType<typeof deniedFromTheStart> | undefined

/** What the removal of a part of a policy shows, in one line: the call that it denies, or that none was denied. */
async function verdict(part: StatementPart): Promise<{ readonly proven: boolean; readonly evidence: string }> {
  if (isUsedAtInit(part)) {
    fromTheStart ??= deniedFromTheStart(assembly)
    const denial = (await fromTheStart).get(describePart(part))
    return denial
      ? { proven: true, evidence: `initialization of a new environment: ${describeDenial(denial)}` }
      : { proven: false, evidence: 'no call was denied in any flow' }
  }
  const proof = await prove(system, part, known())
  return proof.kind === 'denied'
    ? { proven: true, evidence: `“${proof.flow}”: ${describeDenial(proof.denial)}` }
    : { proven: false, evidence: `no call was denied in: ${proof.flows.join(', ') || 'no flow needs it'}` }
}

const describeDenial = ({ principal, functionName, action, resource }: Denial): string =>
  `${functionName ?? describePrincipal(principal)} was denied ${action} on ${resource}`

/** For steps that take two seconds on an idle machine. */
const timeoutMs = 300_000

const sampleSize = 4

const labelled = (parts: readonly StatementPart[]) => parts.map((part) => [describePart(part), part] as const)
const provable = allParts.filter((part) => unprovable(part) === undefined)
const allowing = provable.filter(({ statement }) => statement.Effect === 'Allow')
const denying = provable.filter(({ statement }) => statement.Effect === 'Deny')

/** All in test:full; otherwise a sample that changes daily, without those that require a separate system. */
function chosen(): readonly StatementPart[] {
  const removable = allowing.filter((part) => !isTrust(part))
  if (process.env['TEST_FULL']) return removable
  const quick = removable.filter((part) => !isUsedAtInit(part))
  const day = Math.floor(Date.now() / dayMs)
  const stride = Math.floor(quick.length / sampleSize)
  const sample = Array.from({ length: sampleSize }, (_, index) => quick[(day + index * stride) % quick.length]!)
  process.stderr.write(
    `Today's sample of removed permissions:\n${sample.map((part) => `  ${describePart(part)}\n`).join('')}`,
  )
  return sample
}

test('every statement of the templates is in a policy of the system', () => {
  const deciding = allParts.filter(({ removed }) => removed.kind === 'statement')
  expect(deciding.length).toBe(declaredStatements(readTemplates(assembly)).length)
})

describe('with complete policies', () => {
  test.each(flows.map((flow) => [flow.name, flow] as const))('%s', (_name, flow) => system.runToTheEnd(flow), timeoutMs)

  test('no call is denied', () => {
    expect(system.denials).toEqual([])
  })

  test('each statement, action, resource and value decides a call (otherwise add a flow in services/<service>/test-data/flows.ts)', () => {
    expect(allowing.filter((part) => !isNeeded(part)).map(describePart)).toEqual([])
  })
})

// test/infra requires them of each queue and bucket; denied-calls.test.ts has calls that they deny.
test('the only deny statements are those against calls without TLS', () => {
  const withoutTls = { Bool: { 'aws:SecureTransport': 'false' } }
  expect(denying).not.toEqual([])
  for (const { statement } of denying) expect(statement.Condition).toEqual(withoutTls)
})

// A system whose functions or schedules may not assume their roles does not start: local/iam and local/scheduler test that.
test('a role is assumed by one service, and only by that', () => {
  const trusting = allowing.filter(isTrust)
  expect(trusting).not.toEqual([])
  for (const { policy, statement } of trusting) {
    const { Service } = statement.Principal as { Service: string | readonly string[] }
    expect([policy.carrier, statementsOf(policy).length, listOf(Service).length]).toEqual([policy.carrier, 1, 1])
  }
})

test.each(labelled(chosen()))(
  'a call is denied without %s',
  async (_label, part) => {
    expect(await verdict(part)).toMatchObject({ proven: true })
  },
  timeoutMs,
)

test('a superfluous statement is found', async () => {
  const { iam } = system
  const policy = iam.policies().find(({ kind }) => kind === 'identity')!
  const idle = { Effect: 'Allow', Action: ['dynamodb:Scan', 'dynamodb:GetItem'], Resource: '*' } as const
  const widened = { ...policy, document: { ...policy.document, Statement: [...statementsOf(policy), idle] } }
  const added = partsOf(widened).filter(({ statement }) => statement === idle)
  expect(added.map(({ removed }) => removed.kind)).toEqual(['statement', 'action', 'action'])
  for (const part of added) {
    expect(isNeeded(part)).toBe(false)
    const evidence = 'no call was denied in: no flow needs it'
    expect(await verdict(part)).toEqual({ proven: false, evidence })
  }
  iam.putRolePolicy(policy.carrier, policy.policy, policy.document)
})
