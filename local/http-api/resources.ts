import { createHash } from 'node:crypto'
import type { ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import { jwtAuthorizer } from './jwt-authorizer.ts'
import { lambdaAuthorizer } from './lambda-authorizer.ts'
import { domainOf, type Api, type Authorizer, type Invoke } from './model.ts'
import { Router } from './router.ts'

interface Registry {
  readonly clock: Clock
  readonly invoke: Invoke
  /** Creates the API that `describe` returns and serves it at the endpoint that is passed to `describe`. */
  readonly addApi: (describe: (endpoint: string) => Api) => Promise<Api>
  readonly api: (apiId: string) => Api
}

/** Ten letters and digits like the ids of API Gateway, the same at every start. */
const idOf = (resource: ResourceDeclaration) =>
  BigInt(`0x${createHash('sha256').update(resource.generatedName).digest('hex')}`)
    .toString(36)
    .slice(0, 10)

const tags = { Tags: 'tags have no effect locally' }

export const providers = (registry: Registry): ResourceProvider[] => [
  apiProvider(registry),
  stageProvider(registry),
  integrationProvider(registry),
  routeProvider(registry),
  authorizerProvider(registry),
]

const apiProvider = (registry: Registry): ResourceProvider => ({
  type: 'AWS::ApiGatewayV2::Api',
  supported: ['Name', 'ProtocolType', 'CorsConfiguration'],
  ignored: {
    ...tags,
    Description: 'descriptive only',
    DisableExecuteApiEndpoint: 'the local endpoint is the only one',
    FailOnWarnings: 'only applies to imports',
  },
  async create(resource) {
    const { ProtocolType: protocol, CorsConfiguration: cors } = resource.properties
    if (protocol !== 'HTTP')
      throw new Error(`Only HTTP APIs are emulated; ${resource.logicalId} is of the protocol ${protocol}.`)
    const apiId = idOf(resource)
    const { endpoint } = await registry.addApi((at) => ({
      apiId,
      endpoint: at,
      cors,
      stages: new Map(),
      integrations: new Map(),
      authorizers: new Map(),
      router: new Router(),
    }))
    return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: endpoint }, hosts: { [domainOf(apiId)]: endpoint } }
  },
})

const stageProvider = (registry: Registry): ResourceProvider => ({
  type: 'AWS::ApiGatewayV2::Stage',
  supported: ['ApiId', 'StageName', 'DefaultRouteSettings', 'RouteSettings', 'AccessLogSettings'],
  ignored: {
    ...tags,
    AutoDeploy: 'routes are live as soon as they are declared',
    DeploymentId: 'routes are live as soon as they are declared',
    Description: 'descriptive only',
  },
  create({ properties }) {
    const api = registry.api(properties['ApiId'])
    const name = String(properties['StageName'])
    const log = properties['AccessLogSettings']
    api.stages.set(name, {
      name,
      admits: throttle(registry.clock, properties['DefaultRouteSettings'], properties['RouteSettings']),
      ...(log?.DestinationArn && log.Format
        ? { accessLog: { logGroupArn: log.DestinationArn, format: log.Format } }
        : {}),
    })
    return { ref: name }
  },
})

const integrationProvider = (registry: Registry): ResourceProvider => ({
  type: 'AWS::ApiGatewayV2::Integration',
  supported: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
  ignored: {
    ConnectionType: 'functions are invoked directly',
    Description: 'descriptive only',
    IntegrationMethod: 'functions are always invoked by POST',
  },
  create(resource) {
    const { ApiId, IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = resource.properties
    if (IntegrationType !== 'AWS_PROXY')
      throw new Error(`${resource.logicalId}: only AWS_PROXY integrations are emulated, not ${IntegrationType}.`)
    if (PayloadFormatVersion !== '2.0') {
      throw new Error(`${resource.logicalId}: only PayloadFormatVersion 2.0 is emulated, not ${PayloadFormatVersion}.`)
    }
    const integrationId = idOf(resource)
    registry.api(ApiId).integrations.set(integrationId, {
      functionArn: functionArnOf(String(IntegrationUri)),
      timeoutMs: Number(TimeoutInMillis ?? 30_000),
    })
    return { ref: integrationId, attributes: { IntegrationId: integrationId } }
  },
})

const routeProvider = (registry: Registry): ResourceProvider => ({
  type: 'AWS::ApiGatewayV2::Route',
  supported: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId', 'AuthorizationScopes'],
  ignored: { OperationName: 'descriptive only', ApiKeyRequired: 'HTTP APIs have no API keys' },
  create(resource) {
    const {
      ApiId,
      RouteKey,
      Target,
      AuthorizationType = 'NONE',
      AuthorizerId,
      AuthorizationScopes = [],
    } = resource.properties
    if (!['NONE', 'JWT', 'CUSTOM'].includes(AuthorizationType))
      throw new Error(`${RouteKey}: the authorization type ${AuthorizationType} is not emulated.`)
    const integrationId = /^integrations\/(.+)$/.exec(String(Target))?.[1]
    if (integrationId === undefined) throw new Error(`${RouteKey}: the target '${Target}' is not integrations/<id>.`)
    registry.api(ApiId).router.add({
      routeKey: RouteKey,
      integrationId,
      authorizerId: AuthorizationType === 'NONE' ? undefined : String(AuthorizerId),
      scopes: AuthorizationScopes,
    })
    const routeId = idOf(resource)
    return { ref: routeId, attributes: { RouteId: routeId } }
  },
})

const authorizerProvider = (registry: Registry): ResourceProvider => ({
  type: 'AWS::ApiGatewayV2::Authorizer',
  supported: [
    'ApiId',
    'AuthorizerType',
    'AuthorizerUri',
    'AuthorizerPayloadFormatVersion',
    'AuthorizerResultTtlInSeconds',
    'EnableSimpleResponses',
    'IdentitySource',
    'JwtConfiguration',
  ],
  ignored: { Name: 'descriptive only' },
  create(resource) {
    const authorizerId = idOf(resource)
    registry.api(resource.properties['ApiId']).authorizers.set(authorizerId, authorizerOf(registry, resource))
    return { ref: authorizerId, attributes: { AuthorizerId: authorizerId } }
  },
})

function authorizerOf({ clock, invoke }: Registry, resource: ResourceDeclaration): Authorizer {
  const { logicalId, properties } = resource
  const headers: string[] = (properties['IdentitySource'] ?? []).map(headerOf)
  if (properties['AuthorizerType'] === 'JWT') {
    const { Issuer: issuer, Audience: audience } = properties['JwtConfiguration'] ?? {}
    if (!issuer || !audience?.length)
      throw new Error(`${logicalId}: a JWT authorizer needs JwtConfiguration with Issuer and Audience.`)
    if (headers.length !== 1) throw new Error(`${logicalId}: a JWT authorizer needs exactly one identity source.`)
    return jwtAuthorizer({ header: headers[0]!, issuer, audience }, clock)
  }
  if (properties['AuthorizerPayloadFormatVersion'] !== '2.0' || properties['EnableSimpleResponses'] !== true) {
    throw new Error(`${logicalId}: only Lambda authorizers with payload format 2.0 and simple responses are emulated.`)
  }
  const functionArn = functionArnOf(String(properties['AuthorizerUri']))
  const resultTtlSeconds = Number(properties['AuthorizerResultTtlInSeconds'] ?? 0)
  return lambdaAuthorizer({ authorizerId: idOf(resource), functionArn, headers, resultTtlSeconds }, clock, invoke)
}

function headerOf(source: string): string {
  const name = /^\$request\.header\.(.+)$/.exec(source)?.[1]
  if (name === undefined) throw new Error(`The identity source '${source}' is not emulated.`)
  return name.toLowerCase()
}

/** An integration refers to its function by ARN, or by the invocation URI of API Gateway. */
function functionArnOf(uri: string): string {
  const functionArn = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri
  if (!/^arn:[^:]+:lambda:[^:]*:[^:]*:function:/.test(functionArn))
    throw new Error(`'${uri}' does not name a function.`)
  return functionArn
}

interface ThrottleSettings {
  readonly ThrottlingRateLimit?: number
  readonly ThrottlingBurstLimit?: number
}

/**
 * Throttles by token buckets: the stage's default settings apply to each route separately, and a route's own settings
 * replace them. Without any, a request is always admitted.
 */
function throttle(
  clock: Clock,
  defaults: ThrottleSettings | undefined,
  byRoute: Readonly<Record<string, ThrottleSettings>> | undefined,
): (routeKey: string) => boolean {
  const buckets = new Map<string, { tokens: number; filledAtMs: number }>()
  return (routeKey) => {
    const { ThrottlingRateLimit, ThrottlingBurstLimit } = { ...defaults, ...byRoute?.[routeKey] }
    if (ThrottlingRateLimit === undefined && ThrottlingBurstLimit === undefined) return true
    // A missing setting defaults to the limits of an account.
    const [ratePerSecond, burst] = [Number(ThrottlingRateLimit ?? 10_000), Number(ThrottlingBurstLimit ?? 5_000)]
    const nowMs = clock.now()
    const { tokens, filledAtMs } = buckets.get(routeKey) ?? { tokens: burst, filledAtMs: nowMs }
    const filled = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * ratePerSecond)
    const isAdmitted = filled >= 1
    buckets.set(routeKey, { tokens: isAdmitted ? filled - 1 : filled, filledAtMs: nowMs })
    return isAdmitted
  }
}
