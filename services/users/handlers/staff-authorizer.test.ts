import { capturedLogs } from '#test/support/captured-logs.ts'
import type { TokenVerdict, TokenVerifier } from '../ports.ts'
import { staffAuthorizerHandler } from './staff-authorizer.ts'

const logs = capturedLogs()

const asked: string[] = []
const saying = (verdict: TokenVerdict): TokenVerifier => ({
  async verify(token) {
    asked.push(token)
    return verdict
  },
})
const user = (...groups: string[]) => saying({ ok: true, claims: { userId: 'u-1', groups } })

const decide = (tokens: TokenVerifier, headers: Record<string, string> = { authorization: 'Bearer the-token' }) =>
  staffAuthorizerHandler(tokens, 'staff')({ headers, requestContext: { requestId: 'gateway-request' } as never })

test('a member of the group is let in, and the routes learn who it is', async () => {
  expect(await decide(user('buyers', 'staff'))).toEqual({
    isAuthorized: true,
    context: { userId: 'u-1', group: 'staff' },
  })
  expect(asked.at(-1)).toBe('the-token')
})

test.each([[[]], [['buyers']], [['staff-assistants']]])(
  'a user of the groups %j is refused, which is a 403',
  async (groups) => {
    expect(await decide(user(...groups))).toEqual({ isAuthorized: false })
  },
)

test('a token that is not taken is a 401: the very message that the gateway knows', async () => {
  await expect(decide(saying({ ok: false, reason: 'ERR_JWT_EXPIRED' }))).rejects.toThrow(/^Unauthorized$/)
  expect(logs.lines()[0]).toMatchObject({ level: 'WARN', reason: 'ERR_JWT_EXPIRED', correlation_id: 'gateway-request' })
})

test.each([
  [{}],
  [{ authorization: '' }],
  [{ authorization: 'Basic dTpw' }],
  [{ authorization: 'Bearer' }],
  [{ authorization: 'Bearer a b' }],
])('headers %j are a 401 without asking further', async (headers) => {
  const before = asked.length
  await expect(decide(user('staff'), headers as Record<string, string>)).rejects.toThrow(/^Unauthorized$/)
  expect(asked).toHaveLength(before)
})

test('keys that cannot be fetched are not the caller’s fault: another error than Unauthorized', async () => {
  const failing: TokenVerifier = {
    async verify() {
      throw new Error('keys answered 503')
    },
  }
  await expect(decide(failing)).rejects.toThrow('keys answered 503')
})

test('the correlation id of the request is in the log, the token is not', async () => {
  await decide(user('staff'), { authorization: 'Bearer the-token', 'x-correlation-id': 'c-7' })
  expect(logs.lines()[0]).toMatchObject({ correlation_id: 'c-7', user_id: 'u-1' })
  expect(logs.text()).not.toContain('the-token')
})
