import { generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { startOidcIssuer, type OidcIssuer } from '#test/support/oidc-issuer.ts'
import { tokenVerifierContract, type TokenFault } from '../ports.contract.ts'
import type { TokenVerifier } from '../ports.ts'
import { IssuersJson, oidcTokens } from './oidc-tokens.ts'

let issuer: OidcIssuer
let tokens: TokenVerifier

beforeEach(async () => {
  issuer = await startOidcIssuer()
  tokens = oidcTokens([{ issuer: issuer.url, clientIds: ['shop', 'back-office'], groupsClaim: 'cognito:groups' }])
})
afterEach(() => issuer.stop())

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

/** The claims of a user pool's access token. */
const accessClaims = (): JWTPayload => ({
  iss: issuer.url,
  sub: 'u-1',
  client_id: 'shop',
  token_use: 'access',
  exp: inSeconds(60),
  'cognito:groups': ['staff', 'buyers'],
})

/** Signed with a key other than the issuer's, under the issuer's key id. */
async function forged(claims: JWTPayload): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(privateKey)
}

const verify = async (claims: JWTPayload) => tokens.verify(await issuer.token(claims))

describe('OpenID Connect', () => {
  const faulty: Record<TokenFault, (claims: JWTPayload) => Promise<string>> = {
    expired: (claims) => issuer.token({ ...claims, exp: inSeconds(-1) }),
    'issued to another client': (claims) => issuer.token({ ...claims, client_id: 'elsewhere' }),
    'issued by another issuer': (claims) => issuer.token({ ...claims, iss: 'https://elsewhere.example.com' }),
    'signed with another key': (claims) => forged(claims),
    unsigned: async (claims) => new UnsecuredJWT(claims).encode(),
  }

  tokenVerifierContract(async () => ({
    tokens,
    issue({ userId, groups, fault }) {
      const claims = { ...accessClaims(), sub: userId, 'cognito:groups': groups }
      return fault ? faulty[fault](claims) : issuer.token(claims)
    },
    setKeysAvailable(available) {
      issuer.broken = !available
    },
  }))
})

test.each<[string, unknown, string[]]>([
  ['one name', 'staff', ['staff']],
  ['names in a string', 'staff buyers,guests', ['staff', 'buyers', 'guests']],
  ['nothing', undefined, []],
  ['something else', { staff: true }, []],
  ['a list that contains other values', ['staff', 1, null], ['staff']],
])('groups may be %s', async (_, claim, groups) => {
  expect(await verify({ ...accessClaims(), 'cognito:groups': claim })).toMatchObject({ value: { groups } })
})

test.each(['back-office', ['elsewhere', 'shop']])(
  'a token for the audience %j is accepted without client_id',
  async (aud) => {
    expect(await verify({ ...accessClaims(), client_id: undefined, token_use: undefined, aud })).toMatchObject({
      ok: true,
    })
  },
)

test('a token of a user pool names the pool', async () => {
  const userPoolId = 'eu-central-1_pool'
  const ofPool = oidcTokens([{ issuer: issuer.url, clientIds: ['shop'], groupsClaim: 'cognito:groups', userPoolId }])
  expect(await ofPool.verify(await issuer.token(accessClaims()))).toMatchObject({ value: { userPoolId } })
})

test('an ES256 key is accepted', async () => {
  await issuer.rotate('key-ec', 'ES256')
  expect(await verify(accessClaims())).toMatchObject({ ok: true })
})

describe('rejects a token', () => {
  test.each<[string, () => JWTPayload]>([
    ['that never expires', () => ({ exp: undefined })],
    ['that is not valid yet', () => ({ nbf: inSeconds(60) })],
    ['without a user', () => ({ sub: undefined })],
    ['without a client', () => ({ client_id: undefined })],
    ['that is an ID token', () => ({ client_id: undefined, aud: 'shop', token_use: 'id' })],
    ['that is a refresh token', () => ({ token_use: 'refresh' })],
    ['whose issuer has one more character', () => ({ iss: `${issuer.url}/` })],
    ['without an issuer', () => ({ iss: undefined })],
  ])('%s', async (_, fault) => {
    expect(await verify({ ...accessClaims(), ...fault() })).toEqual({ ok: false, failure: expect.any(String) })
  })

  test('whose claims were changed after it was signed', async () => {
    const [header, , signature] = (await issuer.token(accessClaims())).split('.')
    const claims = Buffer.from(JSON.stringify({ ...accessClaims(), sub: 'u-2' })).toString('base64url')
    expect(await tokens.verify([header, claims, signature].join('.'))).toMatchObject({ ok: false })
  })

  test('signed with a shared secret', async () => {
    const token = await new SignJWT(accessClaims())
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(new TextEncoder().encode('the published key, used as a secret'))
    expect(await tokens.verify(token)).toMatchObject({ ok: false })
  })

  test('signed with an algorithm that is not accepted, though the issuer published its key', async () => {
    await issuer.rotate('key-ps', 'PS256')
    expect(await verify(accessClaims())).toMatchObject({ ok: false })
  })

  test('signed with the key of an issuer other than its own', async () => {
    const other = await startOidcIssuer('key-of-another')
    try {
      tokens = oidcTokens(
        [issuer, other].map(({ url }) => ({ issuer: url, clientIds: ['shop'], groupsClaim: 'cognito:groups' })),
      )
      expect(await tokens.verify(await other.token(accessClaims()))).toMatchObject({ ok: false })
      expect(await tokens.verify(await other.token({ ...accessClaims(), iss: other.url }))).toMatchObject({ ok: true })
    } finally {
      await other.stop()
    }
  })
})

describe('an issuer’s keys', () => {
  /** Advances the clock of the key cache; tokens are checked with the system clock. */
  const advance = (ms: number) => {
    const later = Date.now() + ms
    jest.spyOn(Date, 'now').mockReturnValue(later)
  }
  afterEach(() => {
    jest.restoreAllMocks()
  })

  test('are fetched once for many tokens', async () => {
    await Promise.all([1, 2, 3].map(() => verify(accessClaims())))
    await verify(accessClaims())
    expect(Object.fromEntries(issuer.requests)).toEqual({ '/.well-known/openid-configuration': 1, '/keys': 1 })
  })

  test('are fetched again for an unknown key id, at most every 30 seconds', async () => {
    await verify(accessClaims())
    await issuer.rotate('key-2')
    advance(20_000)
    expect(await verify(accessClaims())).toMatchObject({ ok: false })
    expect(await verify(accessClaims())).toMatchObject({ ok: false })
    expect(issuer.requests.get('/keys')).toBe(1)
    advance(11_000)
    expect(await verify(accessClaims())).toMatchObject({ ok: true })
    expect(issuer.requests.get('/keys')).toBe(2)
  })

  test('are fetched again after an hour', async () => {
    await verify(accessClaims())
    advance(59 * 60_000)
    await verify(accessClaims())
    expect(issuer.requests.get('/keys')).toBe(1)
    advance(2 * 60_000)
    await verify(accessClaims())
    expect(issuer.requests.get('/keys')).toBe(2)
  })

  test('that cannot be fetched are an error with the status of the issuer', async () => {
    issuer.broken = true
    await expect(verify(accessClaims())).rejects.toThrow('503')
  })

  test('are not fetched with the configuration of another issuer', async () => {
    issuer.claimedIssuer = 'https://elsewhere.example.com'
    await expect(verify(accessClaims())).rejects.toThrow('elsewhere.example.com')
  })
})

describe('ISSUERS', () => {
  const entry = { issuer: 'https://issuer.example.com', clientIds: ['shop'], groupsClaim: 'groups' }

  test('is a JSON array of issuers', () => {
    expect(IssuersJson.parse(JSON.stringify([entry]))).toEqual([entry])
  })

  test.each<[string, string]>([
    ['text', 'https://issuer.example.com'],
    ['no issuer', '[]'],
    ['an issuer that is not a URL', JSON.stringify([{ ...entry, issuer: 'issuer' }])],
    ['no client', JSON.stringify([{ ...entry, clientIds: [] }])],
    ['no claim for groups', JSON.stringify([{ ...entry, groupsClaim: undefined }])],
    ['an unknown member', JSON.stringify([{ ...entry, audience: 'x' }])],
  ])('%s is rejected', (_, text) => {
    expect(IssuersJson.safeParse(text).success).toBe(false)
  })
})
