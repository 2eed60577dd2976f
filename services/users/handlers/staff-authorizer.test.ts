import { failed, ok } from '#shared/result.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import type { PoolMember, PoolMembers, TokenVerifier } from '../ports.ts'
import { staffAuthorizerHandler } from './staff-authorizer.ts'

const logs = capturedLogs()

const verified: string[] = []
const verifierOf = (result: Awaited<ReturnType<TokenVerifier['verify']>>): TokenVerifier => ({
  async verify(token) {
    verified.push(token)
    return result
  },
})
const user = (...groups: string[]) => verifierOf(ok({ userId: 'u-1', groups }))

const lookedUp: string[] = []
const pool = (result: PoolMember | undefined | Error): PoolMembers => ({
  async find(userPoolId, userId) {
    lookedUp.push(`${userPoolId} ${userId}`)
    if (result instanceof Error) throw result
    return result
  },
})
const member: PoolMember = { isEnabled: true, groups: ['staff'], hasMfa: false }
const ofPool = (...groups: string[]) => verifierOf(ok({ userId: 'u-1', groups, userPoolId: 'pool-1' }))

const decide = (
  tokens: TokenVerifier,
  headers: Record<string, string> = { authorization: 'Bearer the-token' },
  { members = pool(undefined), requiresMfa = true } = {},
) =>
  staffAuthorizerHandler({ tokens, members, staffGroup: 'staff', requiresMfa })({
    headers,
    requestContext: { requestId: 'gateway-request' } as never,
  })

describe('for a token of the user pool', () => {
  const decideWith = (result: PoolMember | undefined | Error, requiresMfa = false) =>
    decide(ofPool('staff'), undefined, { members: pool(result), requiresMfa })

  test('an enabled member of the group is authorized', async () => {
    expect(await decideWith(member)).toMatchObject({ isAuthorized: true })
    expect(lookedUp.at(-1)).toBe('pool-1 u-1')
  })

  test.each<[string, PoolMember | undefined]>([
    ['deleted', undefined],
    ['disabled', { ...member, isEnabled: false }],
    ['removed from the group', { ...member, groups: ['buyers'] }],
  ])('a user who was %s is denied before the token expires', async (reason, result) => {
    expect(await decideWith(result)).toEqual({ isAuthorized: false })
    expect(logs.lines()[0]).toMatchObject({ reason, user_id: 'u-1' })
  })

  test('a user without a second factor is denied where staff need one', async () => {
    expect(await decideWith(member, true)).toEqual({ isAuthorized: false })
    expect(logs.lines()[0]).toMatchObject({ reason: 'no second factor' })
    expect(await decideWith({ ...member, hasMfa: true }, true)).toMatchObject({ isAuthorized: true })
  })

  test('a user pool that does not respond is an error, and the log has the reason', async () => {
    await expect(decideWith(new Error('Rate exceeded'))).rejects.toThrow('Rate exceeded')
    expect(logs.lines()[0]).toMatchObject({ level: 'ERROR', message: 'Access denied: the user pool did not respond' })
  })

  test('a customer is denied without a call to the user pool', async () => {
    const before = lookedUp.length
    expect(await decide(ofPool('buyers'), undefined, { members: pool(member) })).toEqual({ isAuthorized: false })
    expect(lookedUp).toHaveLength(before)
  })
})

test('a user of another issuer is not looked up, and needs no second factor here', async () => {
  const before = lookedUp.length
  expect(await decide(user('staff'))).toMatchObject({ isAuthorized: true })
  expect(lookedUp).toHaveLength(before)
})

test('a member of the group is authorized, and the route receives the user id', async () => {
  expect(await decide(user('buyers', 'staff'))).toEqual({
    isAuthorized: true,
    context: { userId: 'u-1', group: 'staff' },
  })
  expect(verified.at(-1)).toBe('the-token')
})

test.each([[[]], [['buyers']], [['staff-assistants']]])(
  'a user in the groups %j is denied, which is a 403',
  async (groups) => {
    expect(await decide(user(...groups))).toEqual({ isAuthorized: false })
  },
)

test('an invalid token is a 401: the exact message that API Gateway expects', async () => {
  await expect(decide(verifierOf(failed('ERR_JWT_EXPIRED')))).rejects.toThrow(/^Unauthorized$/)
  expect(logs.lines()[0]).toMatchObject({ level: 'WARN', reason: 'ERR_JWT_EXPIRED', correlation_id: 'gateway-request' })
})

test.each([
  [{}],
  [{ authorization: '' }],
  [{ authorization: 'Basic dTpw' }],
  [{ authorization: 'Bearer' }],
  [{ authorization: 'Bearer a b' }],
])('headers %j are a 401 without verifying a token', async (headers) => {
  const before = verified.length
  await expect(decide(user('staff'), headers as Record<string, string>)).rejects.toThrow(/^Unauthorized$/)
  expect(verified).toHaveLength(before)
})

test('keys that cannot be fetched are an error other than Unauthorized', async () => {
  const failing: TokenVerifier = {
    async verify() {
      throw new Error('keys returned 503')
    },
  }
  await expect(decide(failing)).rejects.toThrow('keys returned 503')
})

test('the log has the correlation id of the request and not the token', async () => {
  await decide(user('staff'), { authorization: 'Bearer the-token', 'x-correlation-id': 'c-7' })
  expect(logs.lines()[0]).toMatchObject({ correlation_id: 'c-7', user_id: 'u-1' })
  expect(logs.text()).not.toContain('the-token')
})
