import type { Operation } from '../../wire/service.ts'
import { seconds } from '../input.ts'
import { administrative, type Parts } from '../parts.ts'
import type { Client, Pool } from '../pool.ts'

export const poolOperations = (parts: Parts): Record<string, Operation> => ({
  DescribeUserPool: administrative('DescribeUserPool', (input) => {
    const pool = parts.pools.pool(input['UserPoolId'])
    return { UserPool: { ...poolView(pool), EstimatedNumberOfUsers: parts.directory.count(pool) } }
  }),
  DescribeUserPoolClient: administrative('DescribeUserPoolClient', (input) => {
    const pool = parts.pools.pool(input['UserPoolId'])
    return { UserPoolClient: clientView(parts.pools.clientOf(pool, input['ClientId'])) }
  }),
  ListUserPools: {
    access: () => [{ action: 'cognito-idp:ListUserPools', resource: '*' }],
    handle: () => ({ UserPools: parts.pools.pools().map(summaryView) }),
  },
})

const summaryView = (pool: Pool) => ({
  Id: pool.poolId,
  Name: pool.name,
  CreationDate: seconds(pool.createdAtMs),
  LastModifiedDate: seconds(pool.createdAtMs),
})

const poolView = (pool: Pool) => ({
  ...summaryView(pool),
  Arn: pool.arn,
  Policies: pool.properties['Policies'],
  LambdaConfig: pool.properties['LambdaConfig'],
  AutoVerifiedAttributes: pool.properties['AutoVerifiedAttributes'],
  UsernameAttributes: pool.properties['UsernameAttributes'],
  UserAttributeUpdateSettings: pool.properties['UserAttributeUpdateSettings'],
  AdminCreateUserConfig: pool.properties['AdminCreateUserConfig'],
  AccountRecoverySetting: pool.properties['AccountRecoverySetting'],
  MfaConfiguration: 'OFF',
  SchemaAttributes: [...pool.schema].map(([Name, { required, mutable }]) => ({
    Name,
    AttributeDataType: 'String',
    Required: required,
    Mutable: mutable,
  })),
})

const clientView = (client: Client) => ({
  ClientId: client.clientId,
  ClientName: client.name,
  UserPoolId: client.poolId,
  ExplicitAuthFlows: [...client.authFlows],
  PreventUserExistenceErrors: client.hidesUserExistence ? 'ENABLED' : 'LEGACY',
  AccessTokenValidity: client.accessTokenSeconds,
  IdTokenValidity: client.idTokenSeconds,
  RefreshTokenValidity: client.refreshTokenSeconds,
  TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
})
