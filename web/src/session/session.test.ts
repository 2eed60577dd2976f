import { MemoryStorage } from '../browser-storage.ts'
import { UserPoolFailure } from './failure.ts'
import { Session, type SessionPool } from './session.ts'
import type { Tokens } from './user-pool.ts'

const key = 'session'

const encode = (claims: object) =>
  btoa(String.fromCodePoint(...new TextEncoder().encode(JSON.stringify(claims))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
const jwt = (claims: object) => `e30.${encode(claims)}.signature`

/** The tokens of a user. Each access token is another one, and valid for an hour of the pool's clock. */
function tokensOf(user: string, { serial = 1, refreshToken, poolTimeS = 1_000 }: TokenOptions = {}): Tokens {
  return {
    accessToken: jwt({ sub: user, serial, iat: poolTimeS, exp: poolTimeS + 3600 }),
    idToken: jwt({ sub: user, email: `${user}@example.com`, name: 'Zoë <b>' }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  }
}
interface TokenOptions {
  readonly serial?: number
  readonly refreshToken?: string
  readonly poolTimeS?: number
}

/** A pool whose refreshes get a response when the test says so. */
function fakePool() {
  const refreshes: { token: string; respond: (tokens: Tokens) => void; fail: (code: string) => void }[] = []
  const pool = {
    signIn: jest.fn((email: string) => Promise.resolve(tokensOf(email, { refreshToken: `refresh-${email}` }))),
    respondToChallenge: jest.fn<Promise<Tokens>, []>(),
    refresh: jest.fn(
      (token: string) =>
        new Promise<Tokens>((resolve, reject) => {
          const fail = (code: string) => reject(new UserPoolFailure(code, 'failed'))
          refreshes.push({ token, respond: resolve, fail })
        }),
    ),
    revoke: jest.fn((_token: string) => Promise.resolve()),
    signOutEverywhere: jest.fn((_token: string) => Promise.resolve()),
  } satisfies SessionPool
  return { pool, refreshes }
}

function setUp(stored?: string) {
  const storage = new MemoryStorage()
  if (stored !== undefined) storage.setItem(key, stored)
  const page = new EventTarget()
  const { pool, refreshes } = fakePool()
  const session = new Session(pool, storage, key, page)
  /** What another tab does to the shared storage. */
  const inOtherTab = (newValue: string | null) => {
    if (newValue === null) storage.removeItem(key)
    else storage.setItem(key, newValue)
    page.dispatchEvent(Object.assign(new Event('storage'), { storageArea: storage, key, newValue }))
  }
  return { storage, page, pool, refreshes, session, inOtherTab }
}

/** Two tabs of one user, whose refresh tokens are refused when the test says so. */
async function setUpTwoTabs() {
  const shared = new MemoryStorage()
  const tabs = [0, 1].map(() => ({ page: new EventTarget(), storage: new MemoryStorage() }))
  tabs.forEach(({ storage }, own) => {
    /** As browsers do: a change is known to all tabs at once, and the other ones get an event later. */
    const change = (newValue: string | null) => {
      if (shared.getItem(key) === newValue) return
      if (newValue === null) shared.removeItem(key)
      else shared.setItem(key, newValue)
      const { page, storage: storageArea } = tabs[1 - own]!
      setTimeout(() => page.dispatchEvent(Object.assign(new Event('storage'), { storageArea, key, newValue })))
    }
    Object.assign(storage, {
      getItem: shared.getItem,
      setItem: (_: string, value: string) => change(value),
      removeItem: () => change(null),
    })
  })
  const { pool, refreshes } = fakePool()
  const [first, second] = tabs.map(({ page, storage }) => new Session(pool, storage, key, page)) as [Session, Session]
  await first.signIn('ada', 'password')
  await settle()
  refreshes[0]!.respond(tokensOf('ada'))
  await settle()
  expect([first, second].map(({ state }) => state.kind)).toEqual(['signed-in', 'signed-in'])
  return { first, second, shared, refreshes }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))
const subjectOf = (token: string | undefined) =>
  JSON.parse(atob(token!.split('.')[1]!)) as { sub: string; serial: number }

afterEach(() => jest.useRealTimers())

test('a stored token restores the session; all requests wait for one exchange', async () => {
  const { session, refreshes, pool } = setUp('refresh-ada')
  expect(session.state.kind).toBe('starting')
  const tokens = Promise.all([session.current(), session.current(), session.renewed('old')])
  refreshes[0]!.respond(tokensOf('ada'))
  expect(new Set(await tokens).size).toBe(1)
  expect(pool.refresh).toHaveBeenCalledTimes(1)
  expect(session.state).toMatchObject({ kind: 'signed-in', user: { userId: 'ada', name: 'Zoë <b>' } })
})

test.each([-7, 7])(
  'a clock that is %i hours wrong neither refreshes each time nor uses an old token',
  async (hours) => {
    jest.useFakeTimers().setSystemTime(1_000_000_000)
    const poolTimeS = 1_000_000 + hours * 3600
    const { session, pool } = setUp()
    pool.signIn.mockResolvedValue(tokensOf('ada', { refreshToken: 'refresh-ada', poolTimeS }))
    pool.refresh.mockResolvedValue(tokensOf('ada', { serial: 2, poolTimeS: poolTimeS + 3570 }))
    await session.signIn('ada', 'password')
    expect(subjectOf(await session.current()).serial).toBe(1)
    jest.setSystemTime(1_000_000_000 + 59.5 * 60_000)
    expect(subjectOf(await session.current()).serial).toBe(2)
    expect(pool.refresh).toHaveBeenCalledTimes(1)
  },
)

test('signing out while a refresh is under way stays signed out', async () => {
  const { session, refreshes, storage, pool } = setUp('refresh-ada')
  const request = session.current()
  await session.signOut()
  refreshes[0]!.respond(tokensOf('ada', { refreshToken: 'rotated' }))
  expect(await request).toBeUndefined()
  expect(session.state).toEqual({ kind: 'signed-out', hasExpired: false })
  expect(storage.getItem(key)).toBeNull()
  expect(pool.revoke).toHaveBeenCalledWith('refresh-ada')
})

test('a refresh of the previous customer that arrives late does not replace the next one', async () => {
  const { session, refreshes } = setUp('refresh-ada')
  await session.signOut()
  await session.signIn('bob', 'password')
  refreshes[0]!.respond(tokensOf('ada'))
  await settle()
  expect(session.state).toMatchObject({ kind: 'signed-in', user: { userId: 'bob' } })
  expect(subjectOf(await session.current()).sub).toBe('bob')
})

test('another tab that signs in as another user: no request is sent with the previous token', async () => {
  const { session, refreshes, inOtherTab } = setUp()
  await session.signIn('ada', 'password')
  inOtherTab('refresh-bob')
  const request = session.current()
  await settle()
  refreshes.at(-1)!.respond(tokensOf('bob'))
  expect(subjectOf(await request).sub).toBe('bob')
  expect(session.state).toMatchObject({ user: { userId: 'bob' } })
})

test('another tab that rotated the token first: the refusal of the old one ends nothing', async () => {
  const { session, refreshes, storage } = setUp('refresh-1')
  const request = session.current()
  storage.setItem(key, 'refresh-2')
  refreshes[0]!.fail('NotAuthorizedException')
  await settle()
  expect(refreshes[1]!.token).toBe('refresh-2')
  refreshes[1]!.respond(tokensOf('ada', { refreshToken: 'refresh-3' }))
  expect(subjectOf(await request).sub).toBe('ada')
  expect(storage.getItem(key)).toBe('refresh-3')
})

test.each([['removed', key] as const, ['cleared with everything else', null] as const])(
  'another tab signs out: the token was %s',
  async (_, changedKey) => {
    const { session, storage, page } = setUp()
    await session.signIn('ada', 'password')
    storage.removeItem(key)
    const event = { storageArea: storage, key: changedKey, newValue: null }
    page.dispatchEvent(Object.assign(new Event('storage'), event))
    expect(session.state).toEqual({ kind: 'signed-out', hasExpired: false })
    expect(await session.current()).toBeUndefined()
  },
)

test('a session that expires in one tab has expired in the others, until the user signs in again in one', async () => {
  const { first, second, shared, refreshes } = await setUpTwoTabs()
  const states: unknown[] = []
  second.subscribe(() => states.push(second.state))
  void first.renewed(await first.current())
  refreshes[1]!.fail('NotAuthorizedException')
  await settle()
  await settle()
  const expired = { kind: 'signed-out', hasExpired: true }
  expect([first.state, states]).toEqual([expired, [expired]])
  expect(shared.length).toBe(0)
  await first.signIn('ada', 'password')
  await settle()
  refreshes[2]!.respond(tokensOf('ada'))
  await settle()
  expect(second.state).toMatchObject({ kind: 'signed-in', user: { userId: 'ada' } })
})

test('a user who signs out in one tab has signed out in the others', async () => {
  const { first, second } = await setUpTwoTabs()
  await first.signOut()
  await settle()
  expect(second.state).toEqual({ kind: 'signed-out', hasExpired: false })
})

test('a page that opens while another tab ends the session has none', async () => {
  const { session, pool } = setUp('expired')
  expect(session.state).toEqual({ kind: 'signed-out', hasExpired: false })
  expect(await session.current()).toBeUndefined()
  expect(pool.refresh).not.toHaveBeenCalled()
})

test('a change of another key or storage changes nothing', async () => {
  const { session, storage, page } = setUp()
  await session.signIn('ada', 'password')
  page.dispatchEvent(Object.assign(new Event('storage'), { storageArea: storage, key: 'cart', newValue: null }))
  const other = { storageArea: new MemoryStorage(), key, newValue: null }
  page.dispatchEvent(Object.assign(new Event('storage'), other))
  expect(session.state.kind).toBe('signed-in')
})

test('the pool refuses the token: the session has expired', async () => {
  const { session, refreshes, storage } = setUp('refresh-ada')
  refreshes[0]!.fail('NotAuthorizedException')
  await settle()
  expect(session.state).toEqual({ kind: 'signed-out', hasExpired: true })
  expect(storage.getItem(key)).toBeNull()
  expect(await session.renewed('old')).toBeUndefined()
})

test.each(['offline', 'TooManyRequestsException', 'InternalErrorException'])(
  'no response about the session (%s): it is kept, private requests fail as unreachable, and it returns with the connection',
  async (code) => {
    const { session, refreshes, storage, page } = setUp('refresh-ada')
    refreshes[0]!.fail(code)
    await settle()
    expect(session.state).toEqual({ kind: 'signed-out', hasExpired: false })
    const renewal = session.renewed(undefined)
    refreshes[1]!.fail(code)
    await expect(renewal).rejects.toMatchObject({ name: 'ApiFailure', code: 'offline' })
    expect(storage.getItem(key)).toBe('refresh-ada')
    page.dispatchEvent(new Event('online'))
    refreshes[2]!.respond(tokensOf('ada'))
    await settle()
    expect(session.state.kind).toBe('signed-in')
  },
)

test.each(['', 'a.b.c', `e30.${btoa('null')}.x`, jwt({ email: 'no subject' })])(
  'a token that cannot be read ends the restored session instead of the page: %j',
  async (broken) => {
    const { session, refreshes } = setUp('refresh-ada')
    refreshes[0]!.respond({ ...tokensOf('ada'), idToken: broken })
    await settle()
    expect(session.state).toEqual({ kind: 'signed-out', hasExpired: true })
  },
)

test('a sign-in whose tokens cannot be read stores nothing', async () => {
  const { session, pool, storage } = setUp()
  pool.signIn.mockResolvedValue({ ...tokensOf('ada', { refreshToken: 'refresh-ada' }), accessToken: 'a.%.c' })
  await expect(session.signIn('ada', 'password')).rejects.toBeInstanceOf(UserPoolFailure)
  expect(storage.length).toBe(0)
  expect(session.state.kind).toBe('signed-out')
})

test('signing out here ends the session although the pool cannot be reached', async () => {
  const { session, pool, storage } = setUp()
  await session.signIn('ada', 'password')
  pool.revoke.mockRejectedValue(new UserPoolFailure('offline', ''))
  await session.signOut()
  expect(storage.length).toBe(0)
  expect(session.state).toEqual({ kind: 'signed-out', hasExpired: false })
})

test('signing out everywhere is done, or it fails and the session stays: never one device only', async () => {
  const { session, pool, refreshes } = setUp('refresh-ada')
  pool.signOutEverywhere.mockRejectedValueOnce(new UserPoolFailure('offline', ''))
  const first = session.signOutEverywhere()
  refreshes[0]!.respond(tokensOf('ada'))
  await expect(first).rejects.toMatchObject({ code: 'offline' })
  expect(session.state.kind).toBe('signed-in')
  await session.signOutEverywhere()
  expect(pool.signOutEverywhere).toHaveBeenCalledTimes(2)
  expect(session.state).toEqual({ kind: 'signed-out', hasExpired: false })
})

test('a renewal uses the token that another request has fetched already', async () => {
  const { session, pool } = setUp()
  await session.signIn('ada', 'password')
  const token = await session.current()
  expect(await session.renewed('an older one')).toBe(token)
  expect(pool.refresh).not.toHaveBeenCalled()
})

test('only the refresh token is stored', async () => {
  const { session, storage } = setUp()
  await session.signIn('ada', 'password')
  expect(storage.length).toBe(1)
  expect(storage.getItem(key)).toBe('refresh-ada')
})
