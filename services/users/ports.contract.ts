import { createEvent } from '#shared/events/envelope.ts'
import { createProfile, type SignUp } from './domain/profile.ts'
import { UserRegistered } from './events.ts'
import type { Profiles, TokenVerifier } from './ports.ts'

const now = new Date('2026-05-01T10:00:00.000Z')

const registered = (signUp: SignUp) => {
  const event = createEvent(UserRegistered, {
    aggregateId: signUp.userId,
    aggregateVersion: 1,
    time: now,
    cause: { correlationId: 'c', causationId: 'r' },
    data: { userId: signUp.userId },
  })
  return [createProfile(signUp, now), event] as const
}

/** What every adapter of the profiles must do. They are fresh and empty for each test. */
export function profilesContract(create: () => Promise<Profiles>) {
  test('a profile is found as it was made, and nobody else is', async () => {
    const profiles = await create()
    const [mira, miraRegistered] = registered({ userId: 'u-1', email: 'mira@example.com', name: 'Mira' })
    const [ivo, ivoRegistered] = registered({ userId: 'u-2', email: 'ivo@example.com' })
    expect(await profiles.create(mira, miraRegistered)).toBe('created')
    expect(await profiles.create(ivo, ivoRegistered)).toBe('created')
    expect(await profiles.find('u-1')).toEqual(mira)
    expect(await profiles.find('u-2')).toEqual(ivo)
    expect(await profiles.find('u-3')).toBeUndefined()
  })

  test('a user has one profile: the second one is not made, and the first stays', async () => {
    const profiles = await create()
    const [first, event] = registered({ userId: 'u-1', email: 'mira@example.com' })
    const [second] = registered({ userId: 'u-1', email: 'new@example.com' })
    await profiles.create(first, event)
    expect(await profiles.create(second, event)).toBe('exists')
    expect(await profiles.find('u-1')).toEqual(first)
  })

  test('of many that make the same profile at once one does', async () => {
    const profiles = await create()
    const [profile, event] = registered({ userId: 'u-1', email: 'mira@example.com' })
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => profiles.create(profile, event)))
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
  })
}

export interface TokensWorld {
  readonly tokens: TokenVerifier
  /** A token that is right but for its fault. */
  issue(token: { userId: string; groups: readonly string[]; fault?: TokenFault }): Promise<string>
  /** Whether the issuer's keys can be fetched. */
  setKeysAvailable(available: boolean): void
}

export const tokenFaults = [
  'expired',
  'of another client',
  'of another issuer',
  'signed by another',
  'unsigned',
] as const
export type TokenFault = (typeof tokenFaults)[number]

/** What every adapter of the token verifier must do. A world is fresh for each test: no keys were fetched yet. */
export function tokenVerifierContract(create: () => Promise<TokensWorld>) {
  const mira = { userId: 'u-1', groups: ['staff', 'buyers'] }
  const refused = { ok: false, reason: expect.stringMatching(/./) }

  test.each([[['staff', 'buyers']], [[]]])('a token of a user of the groups %j says so', async (groups) => {
    const { tokens, issue } = await create()
    const token = await issue({ userId: 'u-1', groups })
    expect(await tokens.verify(token)).toEqual({ ok: true, claims: { userId: 'u-1', groups } })
  })

  test.each(tokenFaults)('a token that is %s is refused, with a reason', async (fault) => {
    const { tokens, issue } = await create()
    expect(await tokens.verify(await issue({ ...mira, fault }))).toEqual(refused)
  })

  test.each(['', 'abc', 'a.b.c', '....'])('"%s" is no token, which is no error', async (token) => {
    const { tokens } = await create()
    expect(await tokens.verify(token)).toEqual(refused)
  })

  test('keys that cannot be fetched are an error and no verdict, and the next token tries again', async () => {
    const { tokens, issue, setKeysAvailable } = await create()
    const token = await issue(mira)
    setKeysAvailable(false)
    await expect(tokens.verify(token)).rejects.toThrow()
    setKeysAvailable(true)
    expect(await tokens.verify(token)).toEqual({ ok: true, claims: mira })
  })
}
