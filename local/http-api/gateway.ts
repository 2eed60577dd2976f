import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { authorize, type Authorizers } from './authorize.ts'
import { isPreflight, preflightAnswer, withCors } from './cors.ts'
import { integrationEvent, routeArn, type AuthorizerContext } from './event.ts'
import { JwtAuthorizer } from './jwt-authorizer.ts'
import { LambdaAuthorizer } from './lambda-authorizer.ts'
import {
  internalServerError,
  refusal,
  type Api,
  type GatewayAnswer,
  type GatewayRequest,
  type Integration,
  type Invoke,
  type Stage,
} from './model.ts'
import { interpret } from './response.ts'
import type { Match } from './router.ts'

/** An answer, with what is known of its way for the log. */
interface Served {
  readonly answer: GatewayAnswer
  readonly stage?: Stage
  readonly routeKey?: string
}

/** Takes a request through stage, route, throttle, authorizer and integration, in this order. */
export class Gateway {
  readonly #clock: Clock
  readonly #invoke: Invoke
  readonly #authorizers: Authorizers

  constructor(clock: Clock, invoke: Invoke) {
    this.#clock = clock
    this.#invoke = invoke
    this.#authorizers = { jwt: new JwtAuthorizer(clock), lambda: new LambdaAuthorizer(clock, invoke) }
  }

  async serve(api: Api, request: GatewayRequest): Promise<Served> {
    const { stage, routedPath } = stageOf(api, request.path)
    if (!stage) return { answer: refusal(404, 'Not Found') }
    const match = api.router.find(request.method, routedPath)
    if (!match) return { answer: this.#unrouted(api, request), stage }
    const answer = await this.#route(api, stage, match, request)
    return { answer, stage, routeKey: match.route.routeKey }
  }

  #unrouted(api: Api, request: GatewayRequest): GatewayAnswer {
    if (api.cors && request.method === 'OPTIONS') return preflightAnswer(api.cors, request)
    return withCors(api.cors, request, refusal(404, 'Not Found'))
  }

  async #route(api: Api, stage: Stage, match: Match, request: GatewayRequest): Promise<GatewayAnswer> {
    const shared = (answer: GatewayAnswer) => withCors(api.cors, request, answer)
    if (stage.bucketOf(match.route.routeKey)?.take() === false) return shared(refusal(429, 'Too Many Requests'))
    try {
      const authorization = await authorize(this.#authorizers, api, stage, match, request)
      if (authorization.outcome === 'refused') return shared(authorization.answer)
      if (api.cors && isPreflight(request)) return preflightAnswer(api.cors, request)
      return shared(await this.#integrate(api, stage, match, request, authorization.context))
    } catch (error) {
      if (error instanceof AwsError) return shared(refusedInvocation(error))
      throw error
    }
  }

  async #integrate(
    api: Api,
    stage: Stage,
    match: Match,
    request: GatewayRequest,
    authorizer: AuthorizerContext | undefined,
  ): Promise<GatewayAnswer> {
    const integration = api.integrations.get(match.route.integrationId)
    if (!integration) return internalServerError(`The route ${match.route.routeKey} has no integration.`)
    const event = integrationEvent(api, stage, match, request, authorizer)
    const caller = callerOf(integration, routeArn(api, stage, match, request.method))
    const invoked = this.#invoke(integration.functionArn, event, caller, request.headers['x-amzn-trace-id'])
    const result = await this.#withinMs(integration.timeoutMs, invoked)
    if (result === 'timeout')
      return refusal(503, 'Service Unavailable', { reason: `No answer within ${integration.timeoutMs} ms.` })
    if (result.functionError !== undefined) return internalServerError('The function failed.')
    return interpret(result.payload)
  }

  /** The invocation itself goes on after the gateway has given up on it, as on AWS. */
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

function refusedInvocation(error: AwsError): GatewayAnswer {
  const reason = `${error.name}: ${error.message}`
  switch (error.name) {
    case 'TooManyRequestsException':
      return refusal(503, 'Service Unavailable', { reason })
    case 'RequestTooLargeException':
    case 'RequestEntityTooLargeException':
      return refusal(413, 'Request Entity Too Large', { reason })
    default:
      return internalServerError(reason)
  }
}
