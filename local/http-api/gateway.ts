import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { authorize, type Authorizers } from './authorize.ts'
import { isPreflight, preflightResponse, withCors } from './cors.ts'
import { integrationEvent, routeArn, type AuthorizerContext } from './event.ts'
import { JwtAuthorizer } from './jwt-authorizer.ts'
import { LambdaAuthorizer } from './lambda-authorizer.ts'
import {
  internalServerError,
  errorResponse,
  type Api,
  type GatewayResponse,
  type GatewayRequest,
  type Integration,
  type Invoke,
  type Stage,
} from './model.ts'
import { interpret } from './response.ts'
import type { Match } from './router.ts'

/** A response with the matched stage and route, for logs and metrics. */
interface Served {
  readonly response: GatewayResponse
  readonly stage?: Stage
  readonly routeKey?: string
}

/** Processes a request: stage, route, throttle, authorizer and integration, in this order. */
export class Gateway {
  readonly #clock: Clock
  readonly #invoke: Invoke
  readonly #authorizers: Authorizers
  readonly #isUnlimited: (functionArn: string) => boolean

  /** @param isUnlimited whether requests wait for a function without a time limit */
  constructor(clock: Clock, invoke: Invoke, isUnlimited: (functionArn: string) => boolean) {
    this.#clock = clock
    this.#invoke = invoke
    this.#isUnlimited = isUnlimited
    this.#authorizers = { jwt: new JwtAuthorizer(clock), lambda: new LambdaAuthorizer(clock, invoke) }
  }

  async serve(api: Api, request: GatewayRequest): Promise<Served> {
    const { stage, routedPath } = stageOf(api, request.path)
    if (!stage) return { response: errorResponse(404, 'Not Found') }
    const match = api.router.find(request.method, routedPath)
    if (!match) return { response: this.#unrouted(api, request), stage }
    const response = await this.#route(api, stage, match, request)
    return { response, stage, routeKey: match.route.routeKey }
  }

  #unrouted(api: Api, request: GatewayRequest): GatewayResponse {
    if (api.cors && request.method === 'OPTIONS') return preflightResponse(api.cors, request)
    return withCors(api.cors, request, errorResponse(404, 'Not Found'))
  }

  async #route(api: Api, stage: Stage, match: Match, request: GatewayRequest): Promise<GatewayResponse> {
    const respond = (response: GatewayResponse) => withCors(api.cors, request, response)
    if (stage.bucketOf(match.route.routeKey)?.take() === false) return respond(errorResponse(429, 'Too Many Requests'))
    try {
      const authorization = await authorize(this.#authorizers, api, stage, match, request)
      if (authorization.outcome === 'denied') return respond(authorization.response)
      if (api.cors && isPreflight(request)) return preflightResponse(api.cors, request)
      return respond(await this.#integrate(api, stage, match, request, authorization.context))
    } catch (error) {
      if (error instanceof AwsError) return respond(failedInvocation(error))
      throw error
    }
  }

  async #integrate(
    api: Api,
    stage: Stage,
    match: Match,
    request: GatewayRequest,
    authorizer: AuthorizerContext | undefined,
  ): Promise<GatewayResponse> {
    const integration = api.integrations.get(match.route.integrationId)
    if (!integration) return internalServerError(`The route ${match.route.routeKey} has no integration.`)
    const event = integrationEvent(api, stage, match, request, authorizer)
    const caller = callerOf(integration, routeArn(api, stage, match, request.method))
    const invoked = this.#invoke(integration.functionArn, event, caller, request.headers['x-amzn-trace-id'])
    const isUnlimited = this.#isUnlimited(integration.functionArn)
    const result = await (isUnlimited ? invoked : this.#withinMs(integration.timeoutMs, invoked))
    if (result === 'timeout')
      return errorResponse(503, 'Service Unavailable', { reason: `No response within ${integration.timeoutMs} ms.` })
    if (result.functionError !== undefined) return internalServerError('The function failed.')
    return interpret(result.payload)
  }

  /** The invocation continues after the gateway has timed out, as on AWS. */
  #withinMs<T>(timeoutMs: number, work: Promise<T>): Promise<T | 'timeout'> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.schedule(timeoutMs, () => resolve('timeout'))
      work.then(resolve, reject).finally(cancel)
    })
  }
}

function callerOf(integration: Integration, sourceArn: string): Principal {
  if (integration.credentialsArn !== undefined) return { kind: 'role', roleArn: integration.credentialsArn }
  return { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }
}

/** A named stage is the first segment of the path; `$default` serves all other paths. */
function stageOf(api: Api, path: string): { stage?: Stage; routedPath: string } {
  const [, name = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? []
  const named = api.stages.get(name)
  if (named && name !== '$default') return { stage: named, routedPath: rest === '' ? '/' : rest }
  return { stage: api.stages.get('$default'), routedPath: path }
}

function failedInvocation(error: AwsError): GatewayResponse {
  const reason = `${error.name}: ${error.message}`
  switch (error.name) {
    case 'TooManyRequestsException':
      return errorResponse(503, 'Service Unavailable', { reason })
    case 'RequestTooLargeException':
    case 'RequestEntityTooLargeException':
      return errorResponse(413, 'Request Entity Too Large', { reason })
    default:
      return internalServerError(reason)
  }
}
