import { compileArnPattern } from '@cartwheel/local/iam/pattern.ts'
import { synthesize } from '#scripts/lib/cdk.ts'
import { handsOf, placesOf, release, type DeniedCall } from './denied-call.ts'
import { deniedElsewhere } from './denied/services.ts'
import { deniedAtTheTable } from './denied/table.ts'
import { WatchedSystem } from './watched-system.ts'

const directory = await synthesize('dev')
const system = await WatchedSystem.start(directory)
const places = placesOf(system)
afterAll(() => system.stop())

const cases = [...deniedAtTheTable, ...deniedElsewhere]
const told = ({ who, action, resource, why }: DeniedCall) => `${who} ${action} ${resource(places)}: ${why}`

test('each case is another one, and there are plenty', () => {
  expect(new Set(cases.map(told)).size).toBe(cases.length)
  expect(cases.length).toBeGreaterThanOrEqual(40)
})

test.each(cases.map((each) => [told(each), each] as const))(
  '%s',
  async (_label, { who, action, resource, inTheClear, call }) => {
    const hands = await handsOf(system, places.named(who), inTheClear)
    try {
      await expect(call(hands, places)).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) })
    } finally {
      release(hands)
    }
    const denial = system.denials.at(-1)!
    expect(denial).toMatchObject({ functionName: places.named(who), action })
    const expected = resource(places)
    if (expected !== '*') expect(matchesEnd(expected, denial.resource)).toBe(true)
    if (inTheClear) expect(denial.why).toMatch(/ denies it\.$/)
  },
)

const matchesEnd = (pattern: string, arn: string) =>
  compileArnPattern(`arn:aws:*:*:*:${pattern}`, { variables: false })(arn, () => undefined)
