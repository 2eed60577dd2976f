import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { issuerTimeoutMs } from '#services/users/adapters/oidc-tokens.ts'
import { poolClientConfiguration } from '#services/users/adapters/pool-members.ts'
import type { Route } from '#shared/http/route.ts'
import { labelled, root, synthesize } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const dev = await synthesize()
const routes = dev.ofType('AWS::ApiGatewayV2::Route')
const authorizers = dev.ofType('AWS::ApiGatewayV2::Authorizer')
const description = JSON.parse(readFileSync(join(root, 'dist/api/openapi/openapi.json'), 'utf8'))

/** By route key, as the services declare it. */
const declared: { routes: Route[] }[] = await Promise.all(
  globSync('services/*/routes.ts', { cwd: root }).map((file) => import(join(root, file))),
)
const accessOf = new Map(
  declared.flatMap((module) => module.routes.map(({ method, path, access }) => [`${method} ${path}`, access] as const)),
)

const authorizerOf = (route: (typeof routes)[number]) => {
  const { Ref } = dev.followImport(route.properties.AuthorizerId) ?? {}
  return authorizers.find(({ logicalId }) => logicalId === Ref)?.properties.Name
}

describe.each(labelled(routes))('route %s', (_label, route) => {
  const { RouteKey: key, AuthorizationType: type, AuthorizationScopes: scopes } = route.properties

  test('has the authorizer of its declared access', () => {
    const access = key === '$default' ? 'public' : accessOf.get(key)
    const expected = { public: ['NONE', undefined], customer: ['JWT', 'customer'], staff: ['CUSTOM', 'staff'] }[access!]
    expect([type, authorizerOf(route)]).toEqual(expected)
    expect(access === 'staff').toBe(/ \/admin\//.test(key))
    // Only access tokens have this scope: without it an ID token would be accepted.
    if (access === 'customer') expect(scopes).toEqual(['aws.cognito.signin.user.admin'])
  })

  test('invokes the alias of its function with payload 2.0 and has the permission to do so', () => {
    const integration = dev.referred(route, { Ref: route.properties.Target['Fn::Join'][1][1].Ref })!
    expect(integration.properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
    const alias = dev.referred(integration, integration.properties.IntegrationUri)!
    expect([alias.type, alias.properties.Name]).toEqual(['AWS::Lambda::Alias', 'live'])
    const permissions = dev
      .ofType('AWS::Lambda::Permission')
      .filter((permission) => dev.referred(permission, permission.properties.FunctionName) === alias)
    expect(permissions).toHaveLength(1)
    const path = key === '$default' ? '' : key.split(' ')[1]
    expect(permissions[0]!.properties.SourceArn['Fn::Join'][1].at(-1)).toBe(`/*/*${path}`)
  })
})

test('the user pool authorizes customers, and a function with a cache of one minute authorizes staff', () => {
  const byName = Object.fromEntries(authorizers.map(({ properties }) => [properties.Name, properties]))
  const issuer = dev.followImport(byName['customer'].JwtConfiguration.Issuer)
  expect(issuer['Fn::GetAtt'][1]).toBe('ProviderURL')
  expect(byName['staff']).toMatchObject({
    AuthorizerType: 'REQUEST',
    EnableSimpleResponses: true,
    AuthorizerPayloadFormatVersion: '2.0',
    AuthorizerResultTtlInSeconds: 60,
    IdentitySource: ['$request.header.Authorization'],
  })
})

test('the staff authorizer ends before its timeout, although an issuer and the user pool take their longest', () => {
  const { Timeout } = dev
    .ofType('AWS::Lambda::Function')
    .map(({ properties }) => properties)
    .find((properties) => properties.FunctionName.endsWith('-users-staff-authorizer'))!
  const { maxAttempts, requestHandler } = poolClientConfiguration
  const longestMs = 2 * issuerTimeoutMs + maxAttempts * requestHandler.requestTimeout
  expect(longestMs).toBeLessThan(Timeout * 1000)
})

test('the OpenAPI document describes every route and no others', () => {
  const deployed = routes.map(({ properties }) => properties.RouteKey).filter((key) => key !== '$default')
  const described = Object.entries<object>(description.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.toSorted()).toEqual(deployed.toSorted())
})

test('the OpenAPI document requires the tokens that the gateway requires', () => {
  for (const route of routes) {
    const [method, path] = route.properties.RouteKey.split(' ')
    if (!path) continue
    const name = authorizerOf(route)
    expect(description.paths[path][method.toLowerCase()].security).toEqual(name ? [{ [name]: [] }] : [])
  }
})

test('the table has two indexes, a stream of both images, point-in-time recovery and TTL', () => {
  const [table, ...others] = dev.ofType('AWS::DynamoDB::GlobalTable')
  expect(others).toEqual([])
  expect(table!.properties).toMatchObject({
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  })
  expect(table!.properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true)
  const projections = table!.properties.GlobalSecondaryIndexes.map((index: any) => [
    index.IndexName,
    index.Projection.ProjectionType,
  ])
  expect(projections).toEqual([
    ['GSI1', 'KEYS_ONLY'],
    ['GSI2', 'KEYS_ONLY'],
  ])
})

test('users sign up by email, and responses do not reveal which users exist', () => {
  const pool = dev.ofType('AWS::Cognito::UserPool')[0]!
  expect(pool.properties).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
  })
  expect(pool.properties.Policies.PasswordPolicy.MinimumLength).toBeGreaterThanOrEqual(12)
  const trigger = dev.referred(pool, pool.properties.LambdaConfig.PostConfirmation)
  expect(trigger?.properties.FunctionName).toBe(`${applicationId}-dev-users-register-user`)
  expect(dev.ofType('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties.GroupName)).toEqual(['staff'])
  expect(dev.ofType('AWS::Cognito::UserPoolClient')[0]!.properties).toMatchObject({
    GenerateSecret: false,
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    ExplicitAuthFlows: expect.arrayContaining([
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
    ]),
  })
})
