import {
  InitiateAuthCommand,
  CognitoIdentityProviderClient,
  SignUpCommand,
  AdminConfirmSignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Customer } from '#test/support/shop.ts'
import { isInstalled } from './installed.ts'
import { api, deployment, sharedCustomer, staffToken } from './shop.ts'

let customer: Customer
const cognito = new CognitoIdentityProviderClient(deployment.clientConfiguration)
afterAll(() => cognito.destroy())

beforeAll(async () => (customer = await sharedCustomer()))

const routes = ['/me', '/orders', '/admin/orders', ...(isInstalled('inventory') ? ['/admin/inventory/ANY'] : [])]

/** A token with the claims of a valid token, or with other claims, signed with another key. */
async function forged(claims: Record<string, unknown> = {}): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  const { kid } = decodeProtectedHeader(customer.token)
  return new SignJWT({ ...decodeJwt(customer.token), 'cognito:groups': ['staff'], ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: kid! })
    .sign(privateKey)
}

async function idToken(): Promise<string> {
  const email = `success+id.${randomUUID()}@simulator.amazonses.com`
  const password = `Aa1!${randomUUID()}`
  await cognito.send(
    new SignUpCommand({
      ClientId: deployment.userPoolClientId,
      Username: email,
      Password: password,
      UserAttributes: [{ Name: 'email', Value: email }],
    }),
  )
  await cognito.send(new AdminConfirmSignUpCommand({ UserPoolId: deployment.userPoolId, Username: email }))
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      ClientId: deployment.userPoolClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  )
  return AuthenticationResult!.IdToken!
}

/** The same header and payload, `alg: none` and no signature. */
const unsigned = () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${customer.token.split('.')[1]}.`

describe.each(routes)('%s', (path) => {
  test('without a token: 401 with the body of API Gateway', async () => {
    const response = await api('GET', path)
    expect(response.status).toBe(401)
    expect(response.body).toEqual({ message: 'Unauthorized' })
  })

  test.each([
    ['no token at all', () => 'nonsense'],
    ['signed with another key', () => forged()],
    ['unsigned', unsigned],
    ['of another issuer', () => forged({ iss: 'https://issuer.example.com' })],
    ['expired', () => forged({ exp: 1_700_000_000 })],
  ])('%s: 401', async (_name, token) => {
    expect((await api('GET', path, { token: await token() })).status).toBe(401)
  })
})

test('an ID token is rejected: it has no scope', async () => {
  const token = await idToken()
  expect((await api('GET', '/me', { token })).status).toBe(403)
  expect([401, 403]).toContain((await api('GET', '/admin/orders', { token })).status)
})

test('customers cannot use staff routes, and staff see only their own orders as customers', async () => {
  expect((await api('GET', '/admin/orders', { token: customer.token })).status).toBe(403)
  expect((await api('GET', '/admin/orders', { token: await staffToken() })).status).toBe(200)
})

test("a token signed symmetrically with the issuer's public key is rejected", async () => {
  const { publicKey } = await generateKeyPair('RS256', { extractable: true })
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)))
  const token = await new SignJWT(decodeJwt(customer.token)).setProtectedHeader({ alg: 'HS256' }).sign(secret)
  expect((await api('GET', '/me', { token })).status).toBe(401)
})
