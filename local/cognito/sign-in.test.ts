import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose'
import { dayMs } from '../clock.ts'
import { newStateFile } from '../test/folders.ts'
import { Password, startCognito, startWithAnna, Username, type Cognito } from './testing.ts'

let cognito: Cognito
afterEach(() => cognito.stop())

const signIn = (changes?: Record<string, string>) => cognito.signIn(changes)
const refresh = (token: string | undefined, ClientId = cognito.ClientId) =>
  cognito.sdk.initiateAuth({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: token! } })
const notAuthorized = (message: string) => ({ name: 'NotAuthorizedException', message })
const getUser = (token: string | undefined) => cognito.sdk.getUser({ AccessToken: token })

test('a sign-in returns tokens that the pool’s published key verifies', async () => {
  cognito = await startWithAnna()
  await cognito.declare('UserPoolGroup', 'Staff', { UserPoolId: cognito.UserPoolId, GroupName: 'staff' })
  await cognito.sdk.adminAddUserToGroup({ ...cognito.user, GroupName: 'staff' })
  const { AuthenticationResult: result } = await signIn()
  expect(result).toMatchObject({ ExpiresIn: 3600, TokenType: 'Bearer', RefreshToken: expect.any(String) })
  // A JWT authorizer compares `client_id` only in a token without an audience.
  expect(decodeJwt(result!.RefreshToken!)).toMatchObject({ aud: 'refresh' })
  const issuer = String(cognito.attributes['ProviderURL'])
  expect(issuer).toBe(`${cognito.endpoint}/${cognito.UserPoolId}`)
  const discovery: any = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  expect(discovery).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` })
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri))
  const currentDate = new Date(cognito.clock.now())
  const access = await jwtVerify(result!.AccessToken!, keys, { issuer, currentDate, algorithms: ['RS256'] })
  const id = await jwtVerify(result!.IdToken!, keys, { issuer, audience: cognito.ClientId, currentDate })
  const nowSeconds = cognito.clock.now() / 1000
  const shared = {
    sub: expect.any(String),
    'cognito:groups': ['staff'],
    iss: issuer,
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + 3600,
  }
  expect(access.payload).toEqual({
    ...shared,
    client_id: cognito.ClientId,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    username: access.payload.sub,
    jti: expect.any(String),
    origin_jti: expect.any(String),
    event_id: expect.any(String),
  })
  expect(id.payload).toMatchObject({
    ...shared,
    token_use: 'id',
    email: Username,
    'cognito:username': access.payload.sub,
  })
  expect(id.payload).not.toHaveProperty('scope')
})

test('the JWKS contains only public members', async () => {
  cognito = await startWithAnna()
  const jwks: any = await (await fetch(`${cognito.attributes['ProviderURL']}/.well-known/jwks.json`)).json()
  expect(Object.keys(jwks.keys[0]).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  expect((await fetch(`${cognito.endpoint}/us-east-1_Unknown/.well-known/jwks.json`)).status).toBe(404)
})

test('email_verified is a boolean in the ID token', async () => {
  cognito = await startCognito()
  const UserAttributes = [{ Name: 'email_verified', Value: 'true' }]
  await cognito.sdk.adminCreateUser({ ...cognito.user, UserAttributes, MessageAction: 'SUPPRESS' })
  await cognito.sdk.adminSetUserPassword({ ...cognito.user, Password, Permanent: true })
  expect(decodeJwt((await signIn()).AuthenticationResult!.IdToken!)).toMatchObject({ email_verified: true })
})

test('tokens expire after the client’s token validities', async () => {
  const client = {
    AccessTokenValidity: 5,
    IdTokenValidity: 10,
    RefreshTokenValidity: 1,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
  }
  cognito = await startWithAnna({ client })
  const { AuthenticationResult: result } = await signIn()
  expect(result!.ExpiresIn).toBe(300)
  const nowSeconds = cognito.clock.now() / 1000
  expect(decodeJwt(result!.IdToken!).exp).toBe(nowSeconds + 600)
  await cognito.clock.advance(300_000)
  await expect(getUser(result!.AccessToken)).rejects.toMatchObject(notAuthorized('Access Token has expired'))
  await cognito.clock.advance(3_300_000)
  await expect(refresh(result!.RefreshToken)).rejects.toMatchObject({ message: 'Refresh Token has expired' })
})

test.each([
  ['a wrong password', { PASSWORD: 'Wrong-horse-7' }, 'NotAuthorizedException', 'Incorrect username or password.'],
  [
    'an unknown user, when user existence is hidden,',
    { USERNAME: 'bob@library.example' },
    'NotAuthorizedException',
    'Incorrect username or password.',
  ],
  ['no password', { PASSWORD: '' }, 'InvalidParameterException', 'Missing required parameter PASSWORD'],
])('a sign-in with %s is rejected', async (_, changes, name, message) => {
  cognito = await startWithAnna()
  await expect(signIn(changes)).rejects.toMatchObject({ name, message })
})

test('an unconfirmed user is reported only after the right password', async () => {
  cognito = await startCognito()
  await cognito.signUp()
  await expect(signIn()).rejects.toMatchObject({ name: 'UserNotConfirmedException' })
  await expect(signIn({ PASSWORD: 'Wrong-horse-7' })).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('a disabled user cannot sign in or refresh', async () => {
  cognito = await startWithAnna()
  const { AuthenticationResult: result } = await signIn()
  await cognito.sdk.adminDisableUser(cognito.user)
  await expect(signIn()).rejects.toMatchObject(notAuthorized('User is disabled.'))
  // "If a user is disabled and the password is incorrect, the error will also indicate that either the username or password is
  // incorrect" (Amazon Cognito Developer Guide, "Managing error responses").
  const wrong = notAuthorized('Incorrect username or password.')
  await expect(signIn({ PASSWORD: 'Wrong-horse-7' })).rejects.toMatchObject(wrong)
  const revoked = notAuthorized('Refresh Token has been revoked')
  await expect(refresh(result!.RefreshToken)).rejects.toMatchObject(revoked)
})

test('a client rejects authentication flows that it does not allow', async () => {
  cognito = await startWithAnna({ client: { ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] } })
  await expect(signIn()).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'USER_PASSWORD_AUTH flow not enabled for this client',
  })
  const srp = cognito.sdk.initiateAuth({ ClientId: cognito.ClientId, AuthFlow: 'USER_SRP_AUTH' })
  await expect(srp).rejects.toThrow('not emulated')
})

test('a refresh token returns new tokens of the same session', async () => {
  cognito = await startWithAnna()
  const { AuthenticationResult: first } = await signIn()
  await cognito.clock.advance(60_000)
  const { AuthenticationResult: second } = await refresh(first!.RefreshToken)
  expect(second).not.toHaveProperty('RefreshToken')
  const [one, two] = [first, second].map((result) => decodeJwt(result!.AccessToken!))
  expect(two).toMatchObject({ origin_jti: one!['origin_jti'], auth_time: one!['auth_time'], iat: one!.iat! + 60 })
  expect(two!.jti).not.toBe(one!.jti)
})

test('a refresh token of another client or an unknown one is rejected', async () => {
  cognito = await startWithAnna()
  const { AuthenticationResult: result } = await signIn()
  const other = await cognito.declare('UserPoolClient', 'Other', { UserPoolId: cognito.UserPoolId })
  await expect(refresh(result!.RefreshToken, other.ref)).rejects.toMatchObject({ message: 'Invalid Refresh Token' })
  await expect(refresh('invented')).rejects.toMatchObject(notAuthorized('Invalid Refresh Token'))
})

test('RevokeToken ends one session, GlobalSignOut ends all of them', async () => {
  cognito = await startWithAnna()
  const [one, two] = [(await signIn()).AuthenticationResult!, (await signIn()).AuthenticationResult!]
  await cognito.sdk.revokeToken({ ClientId: cognito.ClientId, Token: one.RefreshToken })
  await expect(getUser(one.AccessToken)).rejects.toMatchObject({ message: 'Access Token has been revoked' })
  await expect(refresh(one.RefreshToken)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' })
  await getUser(two.AccessToken)
  await cognito.sdk.globalSignOut({ AccessToken: two.AccessToken })
  await expect(getUser(two.AccessToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('GetUser accepts only access tokens of the pool', async () => {
  cognito = await startWithAnna()
  const { AuthenticationResult: result } = await signIn()
  const forged = await new SignJWT(decodeJwt(result!.AccessToken!))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.alloc(32))
  for (const token of [result!.IdToken, result!.RefreshToken, forged, 'garbage']) {
    await expect(getUser(token)).rejects.toMatchObject(notAuthorized('Invalid Access Token'))
  }
})

describe('a user created by an administrator', () => {
  const TemporaryPassword = 'Temporary-horse-7'
  const create = (more: object = { TemporaryPassword, MessageAction: 'SUPPRESS' }) =>
    cognito.sdk.adminCreateUser({ ...cognito.user, ...more })

  async function challenged() {
    cognito = await startCognito()
    expect((await create()).User?.UserStatus).toBe('FORCE_CHANGE_PASSWORD')
    const challenge = await signIn({ PASSWORD: TemporaryPassword })
    expect(challenge).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: expect.any(String) })
    expect(challenge.AuthenticationResult).toBeUndefined()
    // A JWT authorizer compares `client_id` only in a token without an audience.
    expect(decodeJwt(challenge.Session!)).toMatchObject({ aud: 'challenge' })
    const { userAttributes } = challenge.ChallengeParameters!
    expect(JSON.parse(userAttributes!)).toEqual({ email: Username })
    return (NEW_PASSWORD: string, Session = challenge.Session, more: Record<string, string> = {}) =>
      cognito.sdk.respondToAuthChallenge({
        ClientId: cognito.ClientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: { USERNAME: Username, NEW_PASSWORD, ...more },
      })
  }

  test('must set a new password at the first sign-in', async () => {
    const respond = await challenged()
    await expect(respond(Password, undefined, { 'userAttributes.name': 'Anna' })).rejects.toThrow('userAttributes.name')
    await expect(respond('short')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
    const { AccessToken } = (await respond(Password)).AuthenticationResult!
    for (const session of [undefined, AccessToken])
      await expect(respond(Password, session)).rejects.toMatchObject({ message: 'Invalid session for the user.' })
    await signIn()
  })

  test('is named by address or by the name in the pool, and no other user is', async () => {
    const respond = await challenged()
    const { Username: name } = await cognito.sdk.adminGetUser(cognito.user)
    await cognito.sdk.adminCreateUser({ ...cognito.user, Username: 'other@reader.example', MessageAction: 'SUPPRESS' })
    for (const USERNAME of ['other@reader.example', 'nobody@reader.example'])
      await expect(respond(Password, undefined, { USERNAME })).rejects.toMatchObject({ name: 'NotAuthorizedException' })
    await respond(Password, undefined, { USERNAME: name! })
  })

  test('who is disabled cannot set one', async () => {
    const respond = await challenged()
    await cognito.sdk.adminDisableUser(cognito.user)
    await expect(respond(Password)).rejects.toMatchObject({ message: 'User is disabled.' })
  })

  test('has three minutes for it, and seven days for the sign-in', async () => {
    const respond = await challenged()
    await cognito.clock.advance(3 * 60_000)
    await expect(respond(Password)).rejects.toThrow('session is expired')
    await cognito.clock.advance(7 * dayMs)
    await expect(signIn({ PASSWORD: TemporaryPassword })).rejects.toThrow('Temporary password has expired')
  })

  test('is not invited by email', async () => {
    cognito = await startCognito()
    await expect(create({})).rejects.toThrow('Invitations are not emulated')
  })
})

test('users, sessions and keys survive a restart', async () => {
  const stateFile = newStateFile()
  cognito = await startWithAnna({ stateFile })
  const before = { UserPoolId: cognito.UserPoolId, ClientId: cognito.ClientId }
  const { AuthenticationResult: result } = await signIn()
  const { keys }: any = await (await fetch(`${cognito.attributes['ProviderURL']}/.well-known/jwks.json`)).json()
  await cognito.stop()
  cognito = await startCognito({ stateFile })
  expect({ UserPoolId: cognito.UserPoolId, ClientId: cognito.ClientId }).toEqual(before)
  const again: any = await (await fetch(`${cognito.attributes['ProviderURL']}/.well-known/jwks.json`)).json()
  expect(again.keys).toEqual(keys)
  await refresh(result!.RefreshToken)
  await signIn()
})
