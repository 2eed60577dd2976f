import type { Principal } from '../iam/types.ts'
import { contextPart, executeApiArn, requestPart, routeArn, type AuthorizerContext } from './event.ts'
import { selectIdentity, type IdentityContext } from './identity-source.ts'
import type { JwtAuthorizer } from './jwt-authorizer.ts'
import type { LambdaAuthorizer } from './lambda-authorizer.ts'
import {
  internalServerError,
  errorResponse,
  type Api,
  type GatewayResponse,
  type GatewayRequest,
  type JwtAuthorizerConfiguration,
  type LambdaAuthorizerConfiguration,
  type Stage,
} from './model.ts'
import type { Match } from './router.ts'

export type Authorization =
  | { readonly outcome: 'authorized'; readonly context: AuthorizerContext | undefined }
  | { readonly outcome: 'denied'; readonly response: GatewayResponse }

export interface Authorizers {
  readonly jwt: JwtAuthorizer
  readonly lambda: LambdaAuthorizer
}

const denied = (response: GatewayResponse): Authorization => ({ outcome: 'denied', response })

/** Runs the route's authorizer, if it has one. @throws AwsError when the authorizer's function cannot be invoked */
export async function authorize(
  authorizers: Authorizers,
  api: Api,
  stage: Stage,
  match: Match,
  request: GatewayRequest,
): Promise<Authorization> {
  if (match.route.authorization === 'none') return { outcome: 'authorized', context: undefined }
  const authorizer = api.authorizers.get(match.route.authorizerId ?? '')
  if (!authorizer) return denied(internalServerError(`The route ${match.route.routeKey} has no authorizer.`))
  const identityContext = {
    routeKey: match.route.routeKey,
    stageName: stage.name,
    stageVariables: stage.variables ?? {},
  }
  switch (authorizer.kind) {
    case 'jwt':
      return byToken(authorizers.jwt, authorizer, match, request, identityContext)
    case 'lambda':
      return byFunction(authorizers.lambda, authorizer, { api, stage, match, request, identityContext })
    default:
      return authorizer satisfies never
  }
}

async function byToken(
  jwt: JwtAuthorizer,
  configuration: JwtAuthorizerConfiguration,
  match: Match,
  request: GatewayRequest,
  identityContext: IdentityContext,
): Promise<Authorization> {
  const { scopes } = match.route
  const identity = selectIdentity(configuration.identitySource, request, identityContext)
  if (identity === undefined)
    return denied(errorResponse(401, 'Unauthorized', { headers: { 'www-authenticate': 'Bearer' } }))
  const result = await jwt.authorize(configuration, identity, scopes)
  switch (result.outcome) {
    case 'authorized':
      return { outcome: 'authorized', context: { jwt: { claims: result.claims, scopes: result.scopes } } }
    case 'unauthorized':
      return denied(
        errorResponse(401, 'Unauthorized', { headers: challenge(scopes, 'invalid_token', result.description) }),
      )
    case 'forbidden':
      return denied(
        errorResponse(403, 'Forbidden', {
          headers: challenge(scopes, 'insufficient_scope', 'the token does not have a required scope'),
        }),
      )
    default:
      return result satisfies never
  }
}

function challenge(scopes: readonly string[], error: string, description: string): Record<string, string> {
  return {
    'www-authenticate': `Bearer scope="${scopes.join(' ')}" error="${error}" error_description="${description.replaceAll('"', "'")}"`,
  }
}

interface AuthorizerCall {
  readonly api: Api
  readonly stage: Stage
  readonly match: Match
  readonly request: GatewayRequest
  readonly identityContext: IdentityContext
}

async function byFunction(
  lambda: LambdaAuthorizer,
  configuration: LambdaAuthorizerConfiguration,
  call: AuthorizerCall,
): Promise<Authorization> {
  const identity = configuration.identitySources.map((source) =>
    selectIdentity(source, call.request, call.identityContext),
  )
  // A request without all identity sources is denied, and the function is not invoked.
  if (identity.includes(undefined)) return denied(errorResponse(401, 'Unauthorized'))
  const present = identity as string[]
  const result = await lambda.authorize(
    configuration,
    present,
    authorizerEvent(present, call),
    callerOf(configuration, call.api),
  )
  switch (result.outcome) {
    case 'authorized':
      return { outcome: 'authorized', context: { lambda: result.context } }
    case 'forbidden':
      return denied(errorResponse(403, 'Forbidden'))
    case 'unauthorized':
      return denied(errorResponse(401, 'Unauthorized'))
    case 'failed':
      return denied(internalServerError(result.reason))
    default:
      return result satisfies never
  }
}

function callerOf(configuration: LambdaAuthorizerConfiguration, api: Api): Principal {
  if (configuration.credentialsArn !== undefined) return { kind: 'role', roleArn: configuration.credentialsArn }
  const sourceArn = executeApiArn(api, `authorizers/${configuration.authorizerId}`)
  return { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }
}

/** The authorizer event of payload format 2.0. Source: "Control access to HTTP APIs with AWS Lambda authorizers". */
function authorizerEvent(identity: readonly string[], { api, stage, match, request }: AuthorizerCall): object {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: routeArn(api, stage, match, request.method),
    identitySource: identity,
    routeKey: match.route.routeKey,
    ...requestPart(request),
    requestContext: contextPart(api, stage, match, request),
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: match.pathParameters } : {}),
    ...(stage.variables ? { stageVariables: stage.variables } : {}),
  }
}
