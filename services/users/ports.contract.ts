import { failed, ok } from '#shared/result.ts'
import { register, type SignUp } from './domain/profile.ts'
import type { AccountLookup, AccountRemoval, Accounts, PoolMembers, Profiles, TokenVerifier } from './ports.ts'

const registrationOf = (signUp: SignUp) =>
  register(signUp, new Date('2026-05-01T10:00:00.000Z'), { correlationId: 'c', causationId: 'r' })

/** The contract of every adapter of the profiles. `create` returns an empty store. */
export function profilesContract(create: () => Promise<Profiles>) {
  test('a profile is found as it was created, with its counters', async () => {
    const profiles = await create()
    const mira = registrationOf({ userId: 'u-1', email: 'mira@example.com', name: 'Mira' })
    const ivo = registrationOf({ userId: 'u-2', email: 'ivo@example.com' })
    expect(await profiles.create(mira)).toBe('created')
    expect(await profiles.create(ivo)).toBe('created')
    expect(await profiles.find('u-1')).toEqual({ ...mira.profile, orderCount: 0 })
    expect(await profiles.find('u-2')).toEqual({ ...ivo.profile, orderCount: 0 })
    expect(await profiles.find('u-3')).toBeUndefined()
  })

  test('a second registration of a user changes nothing', async () => {
    const profiles = await create()
    const first = registrationOf({ userId: 'u-1', email: 'mira@example.com' })
    await profiles.create(first)
    expect(await profiles.create(registrationOf({ userId: 'u-1', email: 'new@example.com' }))).toBe('exists')
    expect(await profiles.find('u-1')).toEqual({ ...first.profile, orderCount: 0 })
  })

  test('one of many concurrent registrations of a user succeeds', async () => {
    const profiles = await create()
    const registration = registrationOf({ userId: 'u-1', email: 'mira@example.com' })
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => profiles.create(registration)))
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
  })
}

export interface TokensWorld {
  readonly tokens: TokenVerifier
  /** A token that is valid except for one fault. */
  issue(token: { userId: string; groups: readonly string[]; fault?: TokenFault }): Promise<string>
  /** Whether the issuer's keys can be fetched. */
  setKeysAvailable(available: boolean): void
}

export const tokenFaults = [
  'expired',
  'issued to another client',
  'issued by another issuer',
  'signed with another key',
  'unsigned',
] as const
export type TokenFault = (typeof tokenFaults)[number]

/** The contract of every adapter of the token verifier. `create` returns adapters without cached keys. */
export function tokenVerifierContract(create: () => Promise<TokensWorld>) {
  const mira = { userId: 'u-1', groups: ['staff', 'buyers'] }
  const rejected = failed(expect.stringMatching(/./))

  test.each([[['staff', 'buyers']], [[]]])('a valid token has the groups %j of its user', async (groups) => {
    const { tokens, issue } = await create()
    const token = await issue({ userId: 'u-1', groups })
    expect(await tokens.verify(token)).toEqual(ok({ userId: 'u-1', groups }))
  })

  test.each(tokenFaults)('a token that is %s is rejected with a reason', async (fault) => {
    const { tokens, issue } = await create()
    expect(await tokens.verify(await issue({ ...mira, fault }))).toEqual(rejected)
  })

  test.each(['', 'abc', 'a.b.c', '....'])('"%s" is rejected, not thrown', async (token) => {
    const { tokens } = await create()
    expect(await tokens.verify(token)).toEqual(rejected)
  })

  test('keys that cannot be fetched are an error, and the next token retries the fetch', async () => {
    const { tokens, issue, setKeysAvailable } = await create()
    const token = await issue(mira)
    setKeysAvailable(false)
    await expect(tokens.verify(token)).rejects.toThrow()
    setKeysAvailable(true)
    expect(await tokens.verify(token)).toEqual(ok(mira))
  })
}

export interface AccountsWorld {
  readonly accounts: Accounts
  /** @returns the user id and an access token */
  signUp(email: string, attributes?: Readonly<Record<string, string>>): Promise<{ userId: string; token: string }>
  deleteUser(userId: string): Promise<void>
}

/** The contract of every adapter of the accounts. */
export function accountsContract(create: () => Promise<AccountsWorld>) {
  test('a token has the account of its user', async () => {
    const { accounts, signUp } = await create()
    const { userId, token } = await signUp('mira@example.com', { name: 'Mira' })
    expect(await accounts.ofToken(token)).toEqual({
      userId,
      email: 'mira@example.com',
      emailVerified: true,
      name: 'Mira',
    })
  })

  test('a name that is no line of text is left out', async () => {
    const { accounts, signUp } = await create()
    const { token } = await signUp('ivo@example.com', { name: ' \u200b' })
    expect((await accounts.ofToken(token))!.name).toBeUndefined()
  })

  test('a deleted user and an unusable token have no account', async () => {
    const { accounts, signUp, deleteUser } = await create()
    const { userId, token } = await signUp('ada@example.com')
    await deleteUser(userId)
    expect(await accounts.ofToken(token)).toBeUndefined()
    expect(await accounts.ofToken('a.b.c')).toBeUndefined()
  })
}

/** The contract of every adapter that looks accounts up. */
export function accountLookupContract(create: () => Promise<AccountsWorld & { readonly lookup: AccountLookup }>) {
  test('a user has an account, which is that of their token, until it is deleted', async () => {
    const { accounts, lookup, signUp, deleteUser } = await create()
    const { userId, token } = await signUp('lea@example.com', { name: 'Lea' })
    const account = await accounts.ofToken(token)
    expect(account).toMatchObject({ userId, name: 'Lea' })
    expect(await lookup.ofUser(userId)).toEqual(account)
    await deleteUser(userId)
    expect(await lookup.ofUser(userId)).toBeUndefined()
  })
}

/** The contract of every adapter that removes accounts. */
export function accountRemovalContract(create: () => Promise<AccountsWorld & { readonly removal: AccountRemoval }>) {
  test('a removed account no longer exists, and removing it again is no error', async () => {
    const { accounts, removal, signUp } = await create()
    const gone = await signUp('gone@example.com')
    const other = await signUp('other@example.com')
    for (let times = 0; times < 2; times += 1) await removal.remove(gone.userId)
    expect(await accounts.ofToken(gone.token)).toBeUndefined()
    expect(await accounts.ofToken(other.token)).toMatchObject({ userId: other.userId })
  })
}

export interface PoolMembersWorld {
  readonly members: PoolMembers
  readonly poolId: string
  /** @returns the user id */
  signUp(email: string): Promise<string>
  addToStaff(userId: string): Promise<void>
  removeFromStaff(userId: string): Promise<void>
  disable(userId: string): Promise<void>
  remove(userId: string): Promise<void>
}

/** The contract of every adapter of the pool's members. `create` returns a pool with the group `staff`. */
export function poolMembersContract(create: () => Promise<PoolMembersWorld>) {
  test('a user has the groups of now', async () => {
    const { members, poolId, signUp, addToStaff, removeFromStaff } = await create()
    const userId = await signUp('mira@example.com')
    expect(await members.find(poolId, userId)).toEqual({ isEnabled: true, groups: [], hasMfa: false })
    await addToStaff(userId)
    expect(await members.find(poolId, userId)).toEqual({ isEnabled: true, groups: ['staff'], hasMfa: false })
    await removeFromStaff(userId)
    expect(await members.find(poolId, userId)).toEqual({ isEnabled: true, groups: [], hasMfa: false })
  })

  test('a disabled user keeps the groups and is not enabled', async () => {
    const { members, poolId, signUp, addToStaff, disable } = await create()
    const userId = await signUp('ivo@example.com')
    await addToStaff(userId)
    await disable(userId)
    expect(await members.find(poolId, userId)).toEqual({ isEnabled: false, groups: ['staff'], hasMfa: false })
  })

  test('a deleted user is not found', async () => {
    const { members, poolId, signUp, remove } = await create()
    const userId = await signUp('ada@example.com')
    await remove(userId)
    expect(await members.find(poolId, userId)).toBeUndefined()
  })
}
