import { compileArnPattern } from '@cartwheel/local/iam'
import { synthesize } from '#scripts/lib/cdk.ts'
import { clientsOf, destroy, namesOf, type DeniedCall } from './denied-call.ts'
import { modulesOfServices } from './flows.ts'
import { WatchedSystem } from './watched-system.ts'

const directory = await synthesize('dev')
const system = await WatchedSystem.start(directory)
const names = namesOf(system)
afterAll(() => system.stop())

const modules = await modulesOfServices<{ deniedCalls: readonly DeniedCall[] }>('denied-calls')
const cases = [...modules.values()].flatMap(({ deniedCalls }) => deniedCalls)
const inWords = ({ caller, action, resource, reason }: DeniedCall) =>
  `${caller} is denied ${action} on ${resource(names)}: ${reason}`

test('no denied call is listed twice', () => {
  expect(new Set(cases.map(inWords)).size).toBe(cases.length)
})

test.each(cases.map((each) => [inWords(each), each] as const))(
  '%s',
  async (_label, { caller, action, resource, withoutTls, call }) => {
    const clients = await clientsOf(system, names.named(caller), withoutTls)
    try {
      await expect(call(clients, names)).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) })
    } finally {
      destroy(clients)
    }
    const denial = system.denials.at(-1)!
    expect(denial).toMatchObject({ functionName: names.named(caller), action })
    const expected = resource(names)
    if (expected !== '*') expect(matchesEnd(expected, denial.resource)).toBe(true)
    if (withoutTls) expect(denial.why).toMatch(/ denies it\.$/)
  },
)

const matchesEnd = (pattern: string, arn: string) =>
  compileArnPattern(`arn:aws:*:*:*:${pattern}`, { variables: false })(arn, () => undefined)
