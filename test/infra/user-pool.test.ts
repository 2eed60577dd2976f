import { stageNames } from '#infra/stages.ts'
import { poolConflicts } from '#scripts/lib/release/pool-conflicts.ts'
import { synthesize } from './synthesized.ts'

const pools = await Promise.all(
  stageNames.map(async (name) => {
    const { templates } = await synthesize(name)
    const [[, template]] = [...templates].filter(([stack]) => stack.endsWith('-identity')) as [[string, any]]
    const [[logicalId, pool]] = Object.entries<any>(template.Resources).filter(
      ([, { Type }]) => Type === 'AWS::Cognito::UserPool',
    ) as [[string, any]]
    return { name, template, logicalId, properties: pool.Properties }
  }),
)

describe.each(pools)('the user pool of $name', ({ template, logicalId, properties }) => {
  test('declares no attribute without a type, for which Cognito refuses later updates', () => {
    expect(poolConflicts({ Resources: {} }, template)).toEqual([])
  })

  test('has the logical id and the fixed settings that deployed pools have: a new pool would be empty', () => {
    expect(logicalId).toBe('users9E3E6EF7')
    expect(properties.UsernameAttributes).toEqual(['email'])
    expect(properties.UsernameConfiguration).toEqual({ CaseSensitive: false })
    expect(properties.AliasAttributes).toBeUndefined()
  })

  test('keeps the original address until a new one is verified', () => {
    expect(properties.UserAttributeUpdateSettings).toEqual({ AttributesRequireVerificationBeforeUpdate: ['email'] })
    expect(properties.AutoVerifiedAttributes).toEqual(['email'])
  })
})
