import { arn, idOf, region, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import type { State } from '../state/state.ts'
import type { Client, Pool, PoolRegistry } from './pool.ts'
import { defaultPolicy } from './password.ts'
import { signingKeyOf, type SigningKey } from './signing-keys.ts'

interface ResourceParts {
  readonly endpoint: () => string
  readonly pools: PoolRegistry
  readonly state: State
}

type Properties = ResourceDeclaration['properties']

const noHostedPage = 'hosted sign-in pages are not emulated'

export const providers = ({ endpoint, pools, state }: ResourceParts): ResourceProvider[] => [
  {
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
      const pool = poolOf(resource.properties, poolId, `${endpoint()}/${poolId}`, await signingKeyOf(state, poolId))
      pools.pools.set(poolId, pool)
      const ProviderName = `cognito-idp.${region}.amazonaws.com/${poolId}`
      return { ref: poolId, attributes: { Arn: pool.arn, ProviderName, ProviderURL: pool.issuer, UserPoolId: poolId } }
    },
  },
  {
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
      pools.clients.set(client.clientId, client)
      return { ref: client.clientId, attributes: { ClientId: client.clientId } }
    },
  },
  {
    type: 'AWS::Cognito::UserPoolGroup',
    supported: ['Description', 'GroupName', 'Precedence', 'UserPoolId'],
    ignored: { RoleArn: 'identity pools are not emulated' },
    create({ properties, generatedName }) {
      const { GroupName: name = generatedName, Description: description, Precedence: precedence } = properties
      pools.pool(properties['UserPoolId']).groups.set(name, { name, description, precedence })
      return { ref: name, uniqueName: `${properties['UserPoolId']} ${name}` }
    },
  },
]

function poolOf(properties: Properties, poolId: string, issuer: string, signingKey: SigningKey): Pool {
  const { PasswordPolicy: policy } = properties['Policies'] ?? {}
  const updates: string[] = properties['UserAttributeUpdateSettings']?.AttributesRequireVerificationBeforeUpdate ?? []
  const message = properties['VerificationMessageTemplate'] ?? {}
  return {
    poolId,
    arn: arn('cognito-idp', `userpool/${poolId}`),
    issuer,
    signingKey,
    passwordPolicy: policy ?? defaultPolicy,
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

const clientOf = (properties: Properties, clientId: string): Client => ({
  clientId,
  poolId: String(properties['UserPoolId']),
  authFlows: properties['ExplicitAuthFlows'] ?? ['ALLOW_REFRESH_TOKEN_AUTH'],
  accessTokenSeconds: lifetimeSeconds(properties, 'AccessToken', 1, 'hours'),
  idTokenSeconds: lifetimeSeconds(properties, 'IdToken', 1, 'hours'),
  refreshTokenSeconds: lifetimeSeconds(properties, 'RefreshToken', 30, 'days'),
})

const secondsPer: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

/** @param defaultUnit of a given count, too */
function lifetimeSeconds(properties: Properties, token: string, defaultCount: number, defaultUnit: string): number {
  const count = properties[`${token}Validity`]
  const unit: string = (count && properties['TokenValidityUnits']?.[token]) ?? defaultUnit
  const seconds = Number(count || defaultCount) * secondsPer[unit]!
  if (!(seconds > 0)) throw new Error(`${token}Validity ${count} ${unit} is not valid.`)
  return seconds
}
