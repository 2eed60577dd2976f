import { failed, ok } from '#shared/result.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import type { TokenVerifier } from '../ports.ts'
import { staffAuthorizerHandler } from './staff-authorizer.ts'

const logs = capturedLogs()

const verified: string[] = []
const answering = (answer: Awaited<ReturnType<TokenVerifier['verify']>>): TokenVerifier => ({
  async verify(token) {
    verified.push(token)
    return answer
  },
})
const user = (...groups: string[]) => answering(ok({ userId: 'u-1', groups }))

const decide = (tokens: TokenVerifier, headers: Record<string, string> = { authorization: 'Bearer the-token' }) =>
  staffAuthorizerHandler(tokens, 'staff')({ headers, requestContext: { requestId: 'gateway-request' } as never })

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
  await expect(decide(answering(failed('ERR_JWT_EXPIRED')))).rejects.toThrow(/^Unauthorized$/)
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
