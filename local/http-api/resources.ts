import { propertyReader } from '../assembly/property-reader.ts'
import { idOf, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { GatewayOptions } from './invocation.ts'
import { jwtAuthorizer } from './jwt-authorizer.ts'
import { lambdaAuthorizer } from './lambda-authorizer.ts'
import { domainOf, type Api, type Authorizer, type Route } from './model.ts'
import { Router } from './router.ts'

interface Context extends GatewayOptions {
  /** Starts serving an API. @returns its endpoint */
  readonly open: (api: Api) => Promise<string>
}

export function providers(context: Context): ResourceProvider[] {
  const { clock, open } = context
  const apis = new Map<string, Api>()
  const integrations = new Map<string, Route['integration']>()
  const authorizers = new Map<string, Authorizer>()
  const apiOf = ({ logicalId, properties: { ApiId } }: ResourceDeclaration): Api => {
    const api = apis.get(ApiId)
    if (!api) throw new Error(`${logicalId}: there is no HTTP API ${ApiId}.`)
    return api
  }
  return [
    {
      type: 'AWS::ApiGatewayV2::Api',
      supported: ['Name', 'ProtocolType', 'CorsConfiguration'],
      ignored: { DisableExecuteApiEndpoint: 'the local endpoint is the only one' },
      async create(resource) {
        const { ProtocolType: protocol, CorsConfiguration: cors } = resource.properties
        if (protocol !== 'HTTP')
          throw new Error(`Only HTTP APIs are emulated; ${resource.logicalId} is of the protocol ${protocol}.`)
        const schemes = (cors?.AllowOrigins ?? []).filter((origin: string) => /.\*|\*./.test(origin))
        if (schemes.length > 0) throw new Error(`${resource.logicalId}: the origin ${schemes[0]} is not emulated.`)
        const apiId = idOf(resource, 10)
        const api: Api = { apiId, cors, stages: new Map(), router: new Router() }
        apis.set(apiId, api)
        const endpoint = await open(api)
        const hosts = { [domainOf(apiId)]: endpoint }
        return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: endpoint }, hosts }
      },
    },
    {
      type: 'AWS::ApiGatewayV2::Stage',
      supported: ['ApiId', 'StageName', 'DefaultRouteSettings', 'RouteSettings', 'AccessLogSettings'],
      ignored: { AutoDeploy: 'routes are live as soon as they are declared' },
      create(resource) {
        const { StageName: name, DefaultRouteSettings, RouteSettings, AccessLogSettings: log } = resource.properties
        apiOf(resource).stages.set(name, {
          name,
          admits: throttle(clock, DefaultRouteSettings, RouteSettings),
          ...(log && { accessLog: { logGroupArn: log.DestinationArn, format: log.Format } }),
        })
        return { ref: name, uniqueName: `${resource.properties['ApiId']} ${name}` }
      },
    },
    {
      type: 'AWS::ApiGatewayV2::Integration',
      supported: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
      ignored: {
        ConnectionType: 'functions are invoked directly',
        IntegrationMethod: 'functions are always invoked by POST',
      },
      create(resource) {
        const { IntegrationType, IntegrationUri, PayloadFormatVersion } = resource.properties
        if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0')
          throw new Error(
            `${resource.logicalId}: only AWS_PROXY integrations with PayloadFormatVersion 2.0 are emulated, not ${IntegrationType} with ${PayloadFormatVersion}.`,
          )
        const integrationId = idOf(resource, 10)
        const functionArn = functionArnOf(String(IntegrationUri))
        const { number } = propertyReader(resource.properties, resource.logicalId)
        integrations.set(integrationId, { functionArn, timeoutMs: number('TimeoutInMillis', 30_000, 50, 30_000) })
        return { ref: integrationId, attributes: { IntegrationId: integrationId } }
      },
    },
    {
      type: 'AWS::ApiGatewayV2::Route',
      supported: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId', 'AuthorizationScopes'],
      ignored: { OperationName: 'descriptive only', ApiKeyRequired: 'HTTP APIs have no API keys' },
      create(resource) {
        const { RouteKey: routeKey, Target, AuthorizationType: type = 'NONE', ...properties } = resource.properties
        if (!['NONE', 'JWT', 'CUSTOM'].includes(type))
          throw new Error(`${routeKey}: the authorization type ${type} is not emulated.`)
        const integration = integrations.get(String(Target).replace(/^integrations\//, ''))
        if (!integration) throw new Error(`${routeKey}: there is no integration for the target '${Target}'.`)
        const authorizer = authorizers.get(properties['AuthorizerId'])
        if (type !== 'NONE' && !authorizer) throw new Error(`${routeKey} has no authorizer.`)
        const scopes: string[] | undefined = properties['AuthorizationScopes']
        apiOf(resource).router.add({
          routeKey,
          integration,
          authorizer: type === 'NONE' ? undefined : authorizer,
          scopes,
        })
        return { ref: idOf(resource, 10), attributes: { RouteId: idOf(resource, 10) } }
      },
    },
    {
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
        const authorizerId = idOf(resource, 10)
        authorizers.set(authorizerId, authorizerOf(context, resource))
        return { ref: authorizerId, attributes: { AuthorizerId: authorizerId } }
      },
    },
  ]
}

function authorizerOf(context: Context, resource: ResourceDeclaration): Authorizer {
  const { logicalId, properties } = resource
  const headers: string[] = (properties['IdentitySource'] ?? []).map(headerOf)
  if (properties['AuthorizerType'] === 'JWT') {
    const { Issuer: issuer, Audience: audience } = properties['JwtConfiguration'] ?? {}
    if (!issuer || !audience?.length)
      throw new Error(`${logicalId}: a JWT authorizer needs JwtConfiguration with Issuer and Audience.`)
    if (headers.length !== 1) throw new Error(`${logicalId}: a JWT authorizer needs exactly one identity source.`)
    return jwtAuthorizer({ header: headers[0]!, issuer, audience }, context.clock)
  }
  if (properties['AuthorizerPayloadFormatVersion'] !== '2.0' || properties['EnableSimpleResponses'] !== true) {
    throw new Error(`${logicalId}: only Lambda authorizers with payload format 2.0 and simple responses are emulated.`)
  }
  const functionArn = functionArnOf(String(properties['AuthorizerUri']))
  const resultTtlSeconds = propertyReader(properties, logicalId).number('AuthorizerResultTtlInSeconds', 0, 0, 3600)
  return lambdaAuthorizer({ authorizerId: idOf(resource, 10), functionArn, headers, resultTtlSeconds }, context)
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
