import { createHash } from 'node:crypto'
import { arn, region, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import { schemaOf } from './attributes.ts'
import type { GroupStore } from './groups.ts'
import type { Client, MessageTemplate, Pool, PoolRegistry } from './pool.ts'
import type { SigningKeys } from './signing-keys.ts'

interface ResourceParts {
  readonly clock: Clock
  readonly endpoint: () => string
  readonly pools: PoolRegistry
  readonly groups: GroupStore
  readonly keys: SigningKeys
}

type Properties = ResourceDeclaration['properties']

const noHostedPage = 'hosted sign-in pages are not emulated'

export const providers = (parts: ResourceParts): ResourceProvider[] => [
  poolProvider(parts),
  clientProvider(parts),
  groupProvider(parts),
  domainProvider,
]

/** An id derived from the resource's stable name, so that stored users and tokens match their pool after a restart. */
const idOf = (resource: ResourceDeclaration, length: number) =>
  BigInt(`0x${createHash('sha256').update(resource.generatedName).digest('hex')}`)
    .toString(36)
    .slice(0, length)

const poolProvider = ({ clock, endpoint, pools, keys }: ResourceParts): ResourceProvider => ({
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
    'Schema',
    'UserAttributeUpdateSettings',
    'UserPoolName',
    'UsernameAttributes',
    'UsernameConfiguration',
    'VerificationMessageTemplate',
  ],
  ignored: {
    DeletionProtection: 'pools are never deleted locally',
    EnabledMfas: 'users cannot set up a second factor',
    EmailConfiguration: 'all email is delivered to the local mailbox',
    SmsVerificationMessage: 'text messages are not emulated',
    UserPoolTags: 'tags have no effect locally',
    UserPoolTier: 'tiers differ only in price and in features that are not emulated',
  },
  async create(resource) {
    const poolId = `${region}_${idOf(resource, 9)}`
    const pool = poolOf(resource, poolId, `${endpoint()}/${poolId}`, clock.now())
    await keys.ensure(poolId)
    pools.addPool(pool)
    const ProviderName = `cognito-idp.${region}.amazonaws.com/${poolId}`
    return { ref: poolId, attributes: { Arn: pool.arn, ProviderName, ProviderURL: pool.issuer, UserPoolId: poolId } }
  },
})

function poolOf(
  { properties, generatedName, logicalId }: ResourceDeclaration,
  poolId: string,
  issuer: string,
  nowMs: number,
): Pool {
  rejectUnsupported(logicalId, properties)
  const { PasswordPolicy: policy } = properties['Policies'] ?? {}
  const recovery: { Name: string }[] = properties['AccountRecoverySetting']?.RecoveryMechanisms ?? []
  const updates: string[] = properties['UserAttributeUpdateSettings']?.AttributesRequireVerificationBeforeUpdate ?? []
  return {
    poolId,
    arn: arn('cognito-idp', `userpool/${poolId}`),
    name: properties['UserPoolName'] ?? generatedName,
    issuer,
    passwordPolicy: {
      minimumLength: Number(policy?.MinimumLength ?? 8),
      requireUppercase: Boolean(policy ? policy.RequireUppercase : true),
      requireLowercase: Boolean(policy ? policy.RequireLowercase : true),
      requireNumbers: Boolean(policy ? policy.RequireNumbers : true),
      requireSymbols: Boolean(policy ? policy.RequireSymbols : true),
    },
    temporaryPasswordDays: Number(policy?.TemporaryPasswordValidityDays ?? 7),
    emailIsUsername: (properties['UsernameAttributes'] ?? []).includes('email'),
    caseSensitive: properties['UsernameConfiguration']?.CaseSensitive ?? true,
    verifiesEmail: (properties['AutoVerifiedAttributes'] ?? []).includes('email'),
    keepsOriginalEmail: updates.includes('email'),
    schema: schemaOf(properties['Schema'] ?? []),
    triggers: {
      preSignUp: properties['LambdaConfig']?.PreSignUp,
      postConfirmation: properties['LambdaConfig']?.PostConfirmation,
    },
    onlyAdministratorsCreate: properties['AdminCreateUserConfig']?.AllowAdminCreateUserOnly === true,
    onlyAdministratorsRecover: recovery.length > 0 && recovery.every(({ Name }) => Name === 'admin_only'),
    messages: { code: codeMessage(properties), invitation: invitationMessage(properties) },
    properties,
    createdAtMs: nowMs,
  }
}

/** @throws Error for settings that affect sign-in but are not emulated */
function rejectUnsupported(logicalId: string, properties: Properties): void {
  const triggers = Object.keys(properties['LambdaConfig'] ?? {}).filter(
    (name) => name !== 'PreSignUp' && name !== 'PostConfirmation',
  )
  if (triggers.length > 0) throw new Error(`${logicalId}: the triggers ${triggers.join(', ')} are not emulated.`)
  const mfa = properties['MfaConfiguration'] ?? 'OFF'
  if (mfa === 'ON') throw new Error(`${logicalId}: MfaConfiguration ON is not emulated.`)
  const names = [...(properties['UsernameAttributes'] ?? []), ...(properties['AutoVerifiedAttributes'] ?? [])]
  if (names.some((name) => name !== 'email'))
    throw new Error(`${logicalId}: of the sign-in and verified attributes only email is emulated.`)
}

function codeMessage(properties: Properties): MessageTemplate {
  const template = properties['VerificationMessageTemplate'] ?? {}
  return {
    subject: template.EmailSubject ?? properties['EmailVerificationSubject'] ?? 'Your verification code',
    html: template.EmailMessage ?? properties['EmailVerificationMessage'] ?? 'Your confirmation code is {####}',
  }
}

function invitationMessage(properties: Properties): MessageTemplate {
  const template = properties['AdminCreateUserConfig']?.InviteMessageTemplate ?? {}
  return {
    subject: template.EmailSubject ?? 'Your temporary password',
    html: template.EmailMessage ?? 'Your username is {username} and temporary password is {####}.',
  }
}

const clientProvider = ({ pools }: ResourceParts): ResourceProvider => ({
  type: 'AWS::Cognito::UserPoolClient',
  supported: [
    'AccessTokenValidity',
    'ClientName',
    'ExplicitAuthFlows',
    'GenerateSecret',
    'IdTokenValidity',
    'PreventUserExistenceErrors',
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
    EnableTokenRevocation: 'tokens can always be revoked',
    LogoutURLs: noHostedPage,
    SupportedIdentityProviders: 'the only identity provider is the pool itself',
  },
  create(resource) {
    const { properties, logicalId } = resource
    if (properties['GenerateSecret'] === true) throw new Error(`${logicalId}: client secrets are not emulated.`)
    const pool = pools.pool(properties['UserPoolId'])
    const client = clientOf(resource, pool, idOf(resource, 26))
    pools.addClient(client)
    return { ref: client.clientId, attributes: { ClientId: client.clientId, Name: client.name } }
  },
})

const defaultFlows = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH']
/** Legacy names; a client with one of them may always refresh. */
const legacyFlows: Record<string, readonly string[]> = {
  ADMIN_NO_SRP_AUTH: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  USER_PASSWORD_AUTH: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
}

function clientOf({ properties, generatedName }: ResourceDeclaration, pool: Pool, clientId: string): Client {
  const flows: string[] = properties['ExplicitAuthFlows'] ?? defaultFlows
  const units = properties['TokenValidityUnits'] ?? {}
  return {
    clientId,
    name: properties['ClientName'] ?? generatedName,
    poolId: pool.poolId,
    authFlows: new Set(flows.flatMap((flow) => legacyFlows[flow] ?? [flow])),
    hidesUserExistence: properties['PreventUserExistenceErrors'] === 'ENABLED',
    accessTokenSeconds: secondsOf(
      properties['AccessTokenValidity'] ?? 1,
      properties['AccessTokenValidity'] ? (units.AccessToken ?? 'hours') : 'hours',
    ),
    idTokenSeconds: secondsOf(
      properties['IdTokenValidity'] ?? 1,
      properties['IdTokenValidity'] ? (units.IdToken ?? 'hours') : 'hours',
    ),
    refreshTokenSeconds: secondsOf(
      properties['RefreshTokenValidity'] || 30,
      properties['RefreshTokenValidity'] ? (units.RefreshToken ?? 'days') : 'days',
    ),
  }
}

const secondsPer: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

function secondsOf(count: unknown, unit: string): number {
  const seconds = Number(count) * (secondsPer[unit] ?? Number.NaN)
  if (!(seconds > 0)) throw new Error(`The token validity ${String(count)} ${unit} is not valid.`)
  return seconds
}

const groupProvider = ({ clock, pools, groups }: ResourceParts): ResourceProvider => ({
  type: 'AWS::Cognito::UserPoolGroup',
  supported: ['Description', 'GroupName', 'Precedence', 'UserPoolId'],
  ignored: { RoleArn: 'identity pools are not emulated' },
  create({ properties, generatedName }) {
    const pool = pools.pool(properties['UserPoolId'])
    const name: string = properties['GroupName'] ?? generatedName
    const { Description: description, Precedence: precedence } = properties
    groups.put(pool.poolId, { name, description, precedence, createdAtMs: clock.now() })
    return { ref: name }
  },
})

const domainProvider: ResourceProvider = {
  type: 'AWS::Cognito::UserPoolDomain',
  supported: [],
  ignored: {
    CustomDomainConfig: noHostedPage,
    Domain: noHostedPage,
    ManagedLoginVersion: noHostedPage,
    UserPoolId: noHostedPage,
  },
  create: ({ properties }) => ({ ref: String(properties['Domain']), attributes: { CloudFrontDistribution: '' } }),
}
