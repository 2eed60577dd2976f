import { mailPollers } from '#infra/mail-rate.ts'
import { stageNames, stageOf } from '#infra/stages.ts'
import { deletionKeptDays } from '#services/users/domain/profile.ts'
import { applicationName } from '#shared/application.ts'
import { isAcceptable } from '../../web/src/session/password-rules.ts'
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

describe.each(pools)('the user pool of $name', ({ name, template, logicalId, properties }) => {
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

  test('accepts the passwords that the storefront accepts', () => {
    const { MinimumLength, ...policy } = properties.Policies.PasswordPolicy
    expect(policy).toMatchObject({ RequireLowercase: true, RequireUppercase: true, RequireNumbers: true })
    expect(policy.RequireSymbols).toBe(false)
    const shortest = 'Aa1'.padEnd(MinimumLength, 'a')
    expect(isAcceptable(shortest)).toBe(true)
    expect(isAcceptable(shortest.slice(1))).toBe(false)
    expect(isAcceptable(shortest.slice(0, -1))).toBe(false)
    expect([shortest.toLowerCase(), shortest.toUpperCase(), shortest.replace('1', 'a')].some(isAcceptable)).toBe(false)
  })

  test('sends through SES, as the sender of the stage, where SES is ready for customers', () => {
    const { mode, from, identity } = stageOf(name).mail
    const { EmailConfiguration } = properties
    const throughSes = {
      EmailSendingAccount: 'DEVELOPER',
      From: `${applicationName} <${from}>`,
      SourceArn: { 'Fn::Join': ['', expect.arrayContaining([expect.stringMatching(`:identity/${identity}$`)])] },
    }
    // Without a configuration the pool has Cognito's own sender.
    expect(EmailConfiguration).toEqual(mode === 'ses' ? throughSes : undefined)
  })
})

test('prod sends through SES', () => {
  expect(stageOf('prod').mail.mode).toBe('ses')
})

test.each(stageNames)('%s: emails have as many pollers as fit into the sending rate beside the codes', async (name) => {
  const [mapping] = (await synthesize(name))
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ logicalId }) => logicalId.startsWith('sendmailconsumer'))
  expect(mapping!.properties.ScalingConfig).toEqual({ MaximumConcurrency: mailPollers(stageOf(name)) })
})

test('the number of pollers follows from the rate, and is at least what Lambda accepts', () => {
  const { expectedPeak, mail } = stageOf('prod')
  const pollers = (ratePerSecond: number, mode: 'ses' | 'simulator') =>
    mailPollers({ expectedPeak, mail: { ...mail, ratePerSecond, mode } })
  // 40,000 sign-ups in the busiest hour are 33.3 codes in its busiest second.
  expect([pollers(75, 'simulator'), pollers(75, 'ses'), pollers(1, 'simulator'), pollers(1, 'ses')]).toEqual([
    5, 2, 2, 2,
  ])
})

test('a deletion is kept longer than any token of the account, and than the message that deletes it in the pool', async () => {
  const dev = await synthesize()
  const [client] = dev.ofType('AWS::Cognito::UserPoolClient')
  const { RefreshTokenValidity, TokenValidityUnits } = client!.properties
  expect(TokenValidityUnits.RefreshToken).toBe('minutes')
  const tokenDays = RefreshTokenValidity / (24 * 60)
  const messageDays = Math.max(
    ...dev.ofType('AWS::SQS::Queue').map(({ properties }) => properties.MessageRetentionPeriod / 86_400),
  )
  expect(deletionKeptDays).toBeGreaterThan(tokenDays + messageDays)
})
