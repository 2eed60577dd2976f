import { createHash } from 'node:crypto'
import { arn, region, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import type { Client, Pool, PoolRegistry } from './pool.ts'
import type { SigningKeys } from './signing-keys.ts'

interface ResourceParts {
  readonly endpoint: () => string
  readonly pools: PoolRegistry
  readonly keys: SigningKeys
}

type Properties = ResourceDeclaration['properties']

const noHostedPage = 'hosted sign-in pages are not emulated'

export const providers = (parts: ResourceParts): ResourceProvider[] => [
  poolProvider(parts),
  clientProvider(parts),
  groupProvider(parts),
]

/** An id derived from the resource's stable name, so that stored users and tokens match their pool after a restart. */
const idOf = (resource: ResourceDeclaration, length: number) =>
  BigInt(`0x${createHash('sha256').update(resource.generatedName).digest('hex')}`)
    .toString(36)
    .slice(0, length)

const poolProvider = ({ endpoint, pools, keys }: ResourceParts): ResourceProvider => ({
  type: 'AWS::Cognito::UserPool',
  supported: [
    'AccountRecoverySetting',
    'AdminCreateUserConfig',
    'AutoVerifiedAttributes',
    'EmailVerificationMessage',
    'EmailVerificationSubject',
    'LambdaConfig',
    'MfaConfiguration',
    'Policies',
    'UserAttributeUpdateSettings',
    'UsernameAttributes',
    'UsernameConfiguration',
    'VerificationMessageTemplate',
  ],
  ignored: {
    DeletionProtection: 'pools are never deleted locally',
    EnabledMfas: 'users cannot set up a second factor',
    EmailConfiguration: 'all email is delivered to the local mailbox',
    SmsVerificationMessage: 'text messages are not emulated',
    UserPoolName: 'pools are found by their id',
    UserPoolTags: 'tags have no effect locally',
    UserPoolTier: 'tiers differ only in price and in features that are not emulated',
  },
  async create(resource) {
    rejectUnsupported(resource)
    const poolId = `${region}_${idOf(resource, 9)}`
    const pool = poolOf(resource.properties, poolId, `${endpoint()}/${poolId}`)
    await keys.ensure(poolId)
    pools.addPool(pool)
    const ProviderName = `cognito-idp.${region}.amazonaws.com/${poolId}`
    return { ref: poolId, attributes: { Arn: pool.arn, ProviderName, ProviderURL: pool.issuer, UserPoolId: poolId } }
  },
})

function poolOf(properties: Properties, poolId: string, issuer: string): Pool {
  const { PasswordPolicy: policy } = properties['Policies'] ?? {}
  const updates: string[] = properties['UserAttributeUpdateSettings']?.AttributesRequireVerificationBeforeUpdate ?? []
  const message = properties['VerificationMessageTemplate'] ?? {}
  return {
    poolId,
    arn: arn('cognito-idp', `userpool/${poolId}`),
    issuer,
    passwordPolicy: {
      minimumLength: Number(policy?.MinimumLength ?? 8),
      requireUppercase: Boolean(policy ? policy.RequireUppercase : true),
      requireLowercase: Boolean(policy ? policy.RequireLowercase : true),
      requireNumbers: Boolean(policy ? policy.RequireNumbers : true),
      requireSymbols: Boolean(policy ? policy.RequireSymbols : true),
    },
    temporaryPasswordDays: Number(policy?.TemporaryPasswordValidityDays ?? 7),
    caseSensitive: properties['UsernameConfiguration']?.CaseSensitive ?? true,
    keepsOriginalEmail: updates.includes('email'),
    postConfirmation: properties['LambdaConfig']?.PostConfirmation,
    codeMessage: {
      subject: message.EmailSubject ?? properties['EmailVerificationSubject'] ?? 'Your verification code',
      html: message.EmailMessage ?? properties['EmailVerificationMessage'] ?? 'Your confirmation code is {####}',
    },
    groups: new Map(),
  }
}

/** @throws Error for settings that affect sign-up or sign-in but are not emulated */
function rejectUnsupported({ logicalId, properties }: ResourceDeclaration): void {
  const recovery: { Name: string }[] = properties['AccountRecoverySetting']?.RecoveryMechanisms ?? []
  const unsupported = {
    'UsernameAttributes and AutoVerifiedAttributes other than email': [
      properties['UsernameAttributes'],
      properties['AutoVerifiedAttributes'],
    ].some((names) => String(names) !== 'email'),
    'LambdaConfig other than PostConfirmation': Object.keys(properties['LambdaConfig'] ?? {}).some(
      (name) => name !== 'PostConfirmation',
    ),
    'MfaConfiguration ON': properties['MfaConfiguration'] === 'ON',
    AllowAdminCreateUserOnly: properties['AdminCreateUserConfig']?.AllowAdminCreateUserOnly === true,
    'AccountRecoverySetting admin_only': recovery.some(({ Name }) => Name === 'admin_only'),
  }
  const names = Object.entries(unsupported).flatMap(([name, isDeclared]) => (isDeclared ? [name] : []))
  if (names.length > 0) throw new Error(`${logicalId} has settings that are not emulated: ${names.join(', ')}.`)
}

const clientProvider = ({ pools }: ResourceParts): ResourceProvider => ({
  type: 'AWS::Cognito::UserPoolClient',
  supported: [
    'AccessTokenValidity',
    'ExplicitAuthFlows',
    'GenerateSecret',
    'IdTokenValidity',
    'RefreshTokenValidity',
    'TokenValidityUnits',
    'UserPoolId',
  ],
  ignored: {
    AllowedOAuthFlows: noHostedPage,
    AllowedOAuthFlowsUserPoolClient: noHostedPage,
    AllowedOAuthScopes: noHostedPage,
    AuthSessionValidity: 'challenges always expire after three minutes',
    CallbackURLs: noHostedPage,
    ClientName: 'clients are found by their id',
    EnableTokenRevocation: 'tokens can always be revoked',
    LogoutURLs: noHostedPage,
    PreventUserExistenceErrors: 'errors never reveal whether a user exists',
    SupportedIdentityProviders: 'the only identity provider is the pool itself',
  },
  create(resource) {
    const { properties, logicalId } = resource
    if (properties['GenerateSecret'] === true) throw new Error(`${logicalId}: client secrets are not emulated.`)
    const client = clientOf(properties, idOf(resource, 26))
    pools.addClient(client)
    return { ref: client.clientId, attributes: { ClientId: client.clientId } }
  },
})

const clientOf = (properties: Properties, clientId: string): Client => ({
  clientId,
  poolId: String(properties['UserPoolId']),
  authFlows: properties['ExplicitAuthFlows'] ?? ['ALLOW_REFRESH_TOKEN_AUTH'],
  accessTokenSeconds: lifetimeSeconds(properties, 'AccessToken', [1, 'hours']),
  idTokenSeconds: lifetimeSeconds(properties, 'IdToken', [1, 'hours']),
  refreshTokenSeconds: lifetimeSeconds(properties, 'RefreshToken', [30, 'days']),
})

const secondsPer: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

function lifetimeSeconds(properties: Properties, token: string, [count, unit]: [number, string]): number {
  const given = properties[`${token}Validity`]
  const givenUnit = properties['TokenValidityUnits']?.[token] ?? unit
  const seconds = given ? Number(given) * (secondsPer[givenUnit] ?? Number.NaN) : count * secondsPer[unit]!
  if (!(seconds > 0)) throw new Error(`${token}Validity ${given} ${givenUnit} is not valid.`)
  return seconds
}

const groupProvider = ({ pools }: ResourceParts): ResourceProvider => ({
  type: 'AWS::Cognito::UserPoolGroup',
  supported: ['Description', 'GroupName', 'Precedence', 'UserPoolId'],
  ignored: { RoleArn: 'identity pools are not emulated' },
  create({ properties, generatedName }) {
    const name: string = properties['GroupName'] ?? generatedName
    const { Description: description, Precedence: precedence } = properties
    pools.pool(properties['UserPoolId']).groups.set(name, { name, description, precedence })
    return { ref: name }
  },
})
