import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose'
import { ManualClock } from '../clock.ts'
import { library, stopServices, type Invocation } from './testing.ts'

let keys: { publicKey: CryptoKey; privateKey: CryptoKey }
let otherKeys: { publicKey: CryptoKey; privateKey: CryptoKey }
let issuerServer: Server
let issuer: string
let issuerIsUp = true
let keyReads = 0
let clock: ManualClock
let invocations: Invocation[]
let endpoint: string

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true })
  otherKeys = await generateKeyPair('RS256', { extractable: true })
  issuerServer = createServer((request, response) => {
    if (!issuerIsUp) return void response.writeHead(503).end()
    const isDiscovery = request.url === '/pool/.well-known/openid-configuration'
    if (isDiscovery) return void response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }))
    keyReads += 1
    return void publishedKeys().then((jwks) => response.end(JSON.stringify({ keys: jwks })))
  })
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}/pool`
})
afterAll(() => issuerServer.close())

beforeEach(async () => {
  clock = new ManualClock()
  keyReads = 0
  const jwt = { AuthorizationType: 'JWT', Authorizer: 'Members' }
  const started = await library(
    {
      authorizers: {
        Members: {
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: { Issuer: issuer, Audience: ['library-app'] },
        },
      },
      routes: [
        { key: 'GET /plain', properties: jwt },
        { key: 'GET /loans', properties: { ...jwt, AuthorizationScopes: ['loans.read', 'loans.all'] } },
      ],
    },
    undefined,
    clock,
  )
  invocations = started.invocations
  endpoint = started.endpoint
})
afterEach(stopServices)

const publishedKeys = async () => [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }]

const nowSeconds = () => clock.now() / 1000

function claims(changes: JWTPayload = {}): JWTPayload {
  return {
    iss: issuer,
    client_id: 'library-app',
    sub: 'anna',
    scope: 'loans.read other',
    iat: nowSeconds(),
    exp: nowSeconds() + 3600,
    ...changes,
  }
}

const sign = (payload: JWTPayload, { kid = 'one', key = keys.privateKey }: { kid?: string; key?: CryptoKey } = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key)

const withHeader = async (header: object) =>
  [header, claims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.c2ln'

async function get(path: string, authorization?: string) {
  const response = await fetch(endpoint + path, { headers: authorization === undefined ? {} : { authorization } })
  return { status: response.status, body: await response.text(), challenge: response.headers.get('www-authenticate') }
}

test('a token of the issuer is accepted with or without Bearer, and its claims are passed on as strings', async () => {
  const token = await sign(claims({ 'cognito:groups': ['staff', 'night'], verified: true, address: { city: 'Oslo' } }))
  expect((await get('/loans', `Bearer ${token}`)).status).toBe(200)
  expect((await get('/loans', token)).status).toBe(200)
  expect(invocations[0]!.event.requestContext.authorizer).toEqual({
    jwt: {
      claims: {
        ...claims(),
        iat: String(nowSeconds()),
        exp: String(nowSeconds() + 3600),
        'cognito:groups': '[staff night]',
        verified: 'true',
        address: '{"city":"Oslo"}',
      },
      scopes: ['loans.read'],
    },
  })
})

test('a route without scopes accepts any token of the audience, including an ID token', async () => {
  const idToken = await sign(claims({ aud: 'library-app', client_id: undefined, scope: undefined }))
  expect((await get('/plain', `Bearer ${idToken}`)).status).toBe(200)
  expect(invocations[0]!.event.requestContext.authorizer.jwt.scopes).toBeNull()
})

test('scopes can be a list in scp', async () => {
  expect((await get('/loans', await sign(claims({ scope: undefined, scp: ['loans.all'] })))).status).toBe(200)
})

test('a token without the scope, such as an ID token, gets 403', async () => {
  for (const changes of [{ scope: 'other' }, { scope: undefined, aud: 'library-app' }]) {
    const { status, body, challenge } = await get('/loans', await sign(claims(changes)))
    expect([status, body]).toEqual([403, '{"message":"Forbidden"}'])
    expect(challenge).toBe('Bearer scope="loans.read loans.all" error="insufficient_scope"')
  }
  expect(invocations).toEqual([])
})

test('a request without a token gets 401', async () => {
  expect(await get('/loans')).toEqual({ status: 401, body: '{"message":"Unauthorized"}', challenge: 'Bearer' })
})

test.each<[string, () => Promise<string>]>([
  ['signed with another key', () => sign(claims(), { key: otherKeys.privateKey })],
  ['with an unknown key id', () => sign(claims(), { kid: 'two' })],
  ['without a key id', () => new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(keys.privateKey)],
  ['without a signature', async () => new UnsecuredJWT(claims()).encode()],
  [
    'signed with a secret',
    () => new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.alloc(32, 1)),
  ],
  ['that expired', () => sign(claims({ exp: nowSeconds() }))],
  ['that never expires', () => sign(claims({ exp: undefined }))],
  ['that is not valid yet', () => sign(claims({ nbf: nowSeconds() + 60 }))],
  ['issued in the future', () => sign(claims({ iat: nowSeconds() + 60 }))],
  ['of another issuer', () => sign(claims({ iss: 'https://issuer.example' }))],
  ['for another audience', () => sign(claims({ aud: 'other-app' }))],
  ['of another client', () => sign(claims({ client_id: 'other-app' }))],
  ['without audience and client', () => sign(claims({ client_id: undefined }))],
  ['that is malformed', async () => 'not.a.token'],
  ...[1, null, true, ['one'], { one: 'one' }].flatMap((value): [string, () => Promise<string>][] => [
    [`with the key id ${JSON.stringify(value)}`, () => withHeader({ alg: 'RS256', kid: value })],
    [`with the algorithm ${JSON.stringify(value)}`, () => withHeader({ alg: value, kid: 'one' })],
  ]),
  [
    'whose payload was changed',
    async () =>
      (await sign(claims())).replace(
        /\.[^.]+\./,
        `.${Buffer.from(JSON.stringify(claims({ sub: 'bob' }))).toString('base64url')}.`,
      ),
  ],
])('a token %s gets 401', async (_, make) => {
  const { status, body, challenge } = await get('/loans', `Bearer ${await make()}`)
  expect([status, body]).toEqual([401, '{"message":"Unauthorized"}'])
  expect(challenge).toMatch(/^Bearer error="invalid_token" error_description="[^"]+"$/)
  expect(invocations).toEqual([])
})

test('keys are read once, and a token that was accepted is rejected once it has expired', async () => {
  const token = await sign(claims({ exp: nowSeconds() + 60 }))
  expect((await get('/loans', token)).status).toBe(200)
  expect((await get('/loans', token)).status).toBe(200)
  expect(keyReads).toBe(1)
  await clock.advance(61_000)
  expect((await get('/loans', token)).status).toBe(401)
})

test('an unavailable issuer results in 401, and in 200 once it responds', async () => {
  issuerIsUp = false
  expect((await get('/loans', await sign(claims()))).status).toBe(401)
  issuerIsUp = true
  expect((await get('/loans', await sign(claims()))).status).toBe(200)
})
