import { explainSignIn, signInProblem, UserPoolFailure } from './failure.ts'
import { UserPool, type Challenge } from './user-pool.ts'

const config = async () => ({
  stage: 'dev',
  region: 'us-east-1',
  userPoolId: 'us-east-1_pool',
  userPoolClientId: 'client',
  cognitoUrl: 'https://cognito.example',
})
const secrets = [
  'ada@example.com',
  'Old-Password-1',
  'New-Password-2',
  '123456',
  'access-token',
  'refresh-token',
  'challenge-session',
]
const tokens = { AccessToken: 'access-token', IdToken: 'id-token', RefreshToken: 'refresh-token' }

/** Every operation of the pool. */
async function callEverything(pool: UserPool): Promise<void> {
  await pool.signUp('ada@example.com', 'Old-Password-1', 'Ada')
  await pool.confirmSignUp('ada@example.com', '123456')
  await pool.resendCode('ada@example.com')
  await pool.signIn('ada@example.com', 'Old-Password-1')
  const challenge = { kind: 'second-factor', session: 'challenge-session', username: 'ada@example.com' } as const
  await pool.respondToChallenge(challenge, '123456')
  await pool.respondToChallenge({ ...challenge, kind: 'new-password' }, 'New-Password-2')
  await pool.refresh('refresh-token')
  await pool.forgotPassword('ada@example.com')
  await pool.resetPassword('ada@example.com', '123456', 'New-Password-2')
  await pool.changePassword('access-token', 'Old-Password-1', 'New-Password-2')
  await pool.signOutEverywhere('access-token')
  await pool.revoke('refresh-token')
}

const respond = (status: number, body: unknown) =>
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(() => Promise.resolve(new Response(JSON.stringify(body), { status })))

afterEach(() => jest.restoreAllMocks())

test('what is secret is in the body of a POST to the pool, never in an address, a header or a log', async () => {
  const fetched = respond(200, { AuthenticationResult: tokens })
  const logged = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => jest.spyOn(console, name))
  await callEverything(new UserPool(config))
  const operations = Object.getOwnPropertyNames(UserPool.prototype).filter((name) => name !== 'constructor')
  expect(fetched.mock.calls.length).toBeGreaterThanOrEqual(operations.length)
  for (const [url, request] of fetched.mock.calls) {
    expect(url).toBe('https://cognito.example/')
    expect(request?.method).toBe('POST')
    for (const secret of secrets) expect(JSON.stringify(request?.headers)).not.toContain(secret)
  }
  for (const log of logged) expect(log).not.toHaveBeenCalled()
})

test('a failure has the name of its exception', async () => {
  respond(400, { __type: 'com.amazonaws#CodeMismatchException', message: 'Invalid code' })
  await expect(new UserPool(config).confirmSignUp('ada@example.com', '1')).rejects.toMatchObject({
    code: 'CodeMismatchException',
    isTemporary: false,
  })
})

/** A response whose connection breaks within its body. */
const brokenResponse = () =>
  new Response(new ReadableStream({ start: (body) => body.error(new TypeError('network error')) }))

test.each([
  ['no connection', () => jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('failed')), 'offline'],
  ['half a response', () => jest.spyOn(globalThis, 'fetch').mockResolvedValue(brokenResponse()), 'offline'],
  ['a proxy in between', () => respond(502, '<html>'), 'UnknownError'],
])('%s says nothing about the session', async (_, arrange, code) => {
  arrange()
  await expect(new UserPool(config).refresh('refresh-token')).rejects.toMatchObject({ code, isTemporary: true })
})

test('a challenge that the page cannot respond to is a failure', async () => {
  respond(200, { ChallengeName: 'SMS_MFA', Session: 's' })
  await expect(new UserPool(config).signIn('ada@example.com', 'x')).rejects.toMatchObject({
    code: 'UnsupportedChallenge',
  })
})

test.each([
  ['NotAuthorizedException', 'Incorrect username or password.', 'password', /email address or the password is wrong/],
  ['NotAuthorizedException', 'Password attempts exceeded', undefined, /Too many attempts/],
  ['NotAuthorizedException', 'User is disabled.', undefined, /blocked/],
  ['NotAuthorizedException', 'Invalid session for the user, session is expired.', undefined, /too long/],
  ['UsernameExistsException', 'User already exists', 'email', /account with this address already/],
  ['InvalidParameterException', 'Username should be an email.', 'email', /email address is incomplete/],
  ['InvalidParameterException', "Value at 'password' failed to satisfy constraint", 'password', /12 characters/],
  ['ExpiredCodeException', 'Invalid code provided', 'code', /Request a new one/],
  ['toString', 'secret detail', undefined, /^Something went wrong/],
  ['InvalidLambdaResponseException', 'secret detail', undefined, /^Something went wrong/],
])('%s (%s) is explained beside the field: %s', (code, message, field, text) => {
  const problem = signInProblem(new UserPoolFailure(code, message))
  expect(problem.field).toBe(field)
  expect(problem.text).toMatch(text)
})

test('a bug is explained without its message', () => {
  expect(explainSignIn(new TypeError('undefined is not a function'))).toBe('Something went wrong. Try again.')
})

test.each([
  ["the pool's own name of the user", { USER_ID_FOR_SRP: 'f594-6488' }, 'f594-6488'],
  ['the address where the pool names no user', undefined, 'ada@example.com'],
])('the response to a challenge has %s', async (_, ChallengeParameters, USERNAME) => {
  const fetched = respond(200, { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's', ChallengeParameters })
  const pool = new UserPool(config)
  const challenge = await pool.signIn('ada@example.com', 'Old-Password-1')
  await pool.respondToChallenge(challenge as Challenge, '123456')
  const { ChallengeResponses } = JSON.parse(String(fetched.mock.lastCall![1]?.body))
  expect(ChallengeResponses).toEqual({ USERNAME, SOFTWARE_TOKEN_MFA_CODE: '123456' })
})

test('a configuration that cannot be loaded says nothing about the session either', async () => {
  const unreachable = () => Promise.reject(new Error('/config.json responded with 503.'))
  await expect(new UserPool(unreachable).refresh('refresh-token')).rejects.toMatchObject({ code: 'offline' })
})

test('the client is named, except where a token identifies the user', async () => {
  const fetched = respond(200, { AuthenticationResult: tokens })
  await callEverything(new UserPool(config))
  for (const [, request] of fetched.mock.calls) {
    const { ClientId, AccessToken } = JSON.parse(String(request?.body))
    expect(ClientId).toBe(AccessToken === undefined ? 'client' : undefined)
  }
})
