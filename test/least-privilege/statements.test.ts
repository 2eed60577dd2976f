import { synthesize } from '#scripts/lib/cdk.ts'
import { readTemplates } from '#scripts/lib/templates.ts'
import { flows } from './flows.ts'
import { isAskedAtFirst } from './fresh-proof.ts'
import { Prover } from './prover.ts'
import { partsOf, statementsOf, tell, type StatementPart } from './statement-part.ts'
import { declaredStatements } from './declared-statements.ts'
import { unprovable } from './unprovable.ts'

const assembly = await synthesize('dev')
const prover = await Prover.start(assembly)
afterAll(() => prover.stop())

/** A slow machine may take this long for what takes two seconds. */
const timeoutMs = 300_000

const sampleSize = 4
const dayMs = 86_400_000

const labelled = (parts: readonly StatementPart[]) => parts.map((part) => [tell(part), part] as const)
const provable = prover.parts.filter((part) => unprovable(part) === undefined)
const allowing = provable.filter(({ statement }) => statement.Effect === 'Allow')
const denying = provable.filter(({ statement }) => statement.Effect === 'Deny')

/** All of them at full size; otherwise some that differ from day to day, without those that need a system for themselves. */
function chosen(): readonly StatementPart[] {
  if (process.env['TEST_FULL']) return allowing
  const quick = allowing.filter((part) => !isAskedAtFirst(part))
  const day = Math.floor(Date.now() / dayMs)
  const stride = Math.floor(quick.length / sampleSize)
  const sample = Array.from({ length: sampleSize }, (_, index) => quick[(day + index * stride) % quick.length]!)
  process.stderr.write(
    `Today's sample of permissions that are taken away:\n${sample.map((part) => `  ${tell(part)}\n`).join('')}`,
  )
  return sample
}

test('every statement of the templates is one that decides here', () => {
  const deciding = prover.parts.filter(({ taken }) => taken.kind === 'statement')
  expect(deciding.length).toBe(declaredStatements(readTemplates(assembly)).length)
  expect(deciding.length).toBeGreaterThan(150)
})

describe('with the policies as they are', () => {
  test.each(flows.map((flow) => [flow.name, flow] as const))(
    '%s',
    (_name, flow) => prover.system.runToTheEnd(flow),
    timeoutMs,
  )

  test('nothing was denied', () => {
    expect(prover.system.denials).toEqual([])
  })

  test('each statement, and each action, resource and value of one, decided a call', () => {
    expect(allowing.filter((part) => prover.neededBy(part).length === 0).map(tell)).toEqual([])
  })
})

test.each(labelled(denying))('calls without TLS get through without %s', async (_label, part) => {
  expect(await prover.verdict(part)).toMatchObject({ proven: true })
})

test.each(labelled(chosen()))(
  'something is denied without %s',
  async (_label, part) => {
    expect(await prover.verdict(part)).toMatchObject({ proven: true })
  },
  timeoutMs,
)

test('what nothing needs is found out', async () => {
  const { iam } = prover.system
  const policy = iam.policies().find(({ kind }) => kind === 'identity')!
  const idle = { Effect: 'Allow', Action: ['dynamodb:Scan', 'dynamodb:GetItem'], Resource: '*' } as const
  const widened = { ...policy, document: { ...policy.document, Statement: [...statementsOf(policy), idle] } }
  const added = partsOf(widened).filter(({ statement }) => statement === idle)
  expect(added.map(({ taken }) => taken.kind)).toEqual(['statement', 'action', 'action'])
  for (const part of added) {
    expect(prover.neededBy(part)).toEqual([])
    const evidence = 'nothing was denied in: no flow needs it'
    expect(await prover.verdict(part)).toEqual({ proven: false, evidence })
  }
  iam.putRolePolicy(policy.carrier, policy.policy, policy.document)
})
