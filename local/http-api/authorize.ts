import type { Principal } from '../iam/types.ts'
import { contextPart, executeApiArn, requestPart, routeArn, type AuthorizerContext } from './event.ts'
import { selectIdentity, type IdentityContext } from './identity-source.ts'
import type { JwtAuthorizer } from './jwt-authorizer.ts'
import type { LambdaAuthorizer } from './lambda-authorizer.ts'
import {
  internalServerError,
  refusal,
  type Api,
  type GatewayAnswer,
  type GatewayRequest,
  type JwtAuthorizerConfiguration,
  type LambdaAuthorizerConfiguration,
  type Stage,
} from './model.ts'
import type { Match } from './router.ts'

export type Authorization =
  | { readonly outcome: 'passed'; readonly context: AuthorizerContext | undefined }
  | { readonly outcome: 'refused'; readonly answer: GatewayAnswer }

export interface Authorizers {
  readonly jwt: JwtAuthorizer
  readonly lambda: LambdaAuthorizer
}

const refused = (answer: GatewayAnswer): Authorization => ({ outcome: 'refused', answer })

/** Asks the route's authorizer, if it has one. @throws AwsError when the authorizer's function cannot be invoked */
export async function authorize(
  authorizers: Authorizers,
  api: Api,
  stage: Stage,
  match: Match,
  request: GatewayRequest,
): Promise<Authorization> {
  if (match.route.authorization === 'none') return { outcome: 'passed', context: undefined }
  const authorizer = api.authorizers.get(match.route.authorizerId ?? '')
  if (!authorizer) return refused(internalServerError(`The route ${match.route.routeKey} has no authorizer.`))
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
    return refused(refusal(401, 'Unauthorized', { headers: { 'www-authenticate': 'Bearer' } }))
  const result = await jwt.authorize(configuration, identity, scopes)
  switch (result.outcome) {
    case 'authorized':
      return { outcome: 'passed', context: { jwt: { claims: result.claims, scopes: result.scopes } } }
    case 'unauthorized':
      return refused(refusal(401, 'Unauthorized', { headers: challenge(scopes, 'invalid_token', result.description) }))
    case 'forbidden':
      return refused(
        refusal(403, 'Forbidden', {
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

interface Asked {
  readonly api: Api
  readonly stage: Stage
  readonly match: Match
  readonly request: GatewayRequest
  readonly identityContext: IdentityContext
}

async function byFunction(
  lambda: LambdaAuthorizer,
  configuration: LambdaAuthorizerConfiguration,
  asked: Asked,
): Promise<Authorization> {
  const identity = configuration.identitySources.map((source) =>
    selectIdentity(source, asked.request, asked.identityContext),
  )
  // Without all of its identity sources a request is refused, and the function is not asked.
  if (identity.includes(undefined)) return refused(refusal(401, 'Unauthorized'))
  const present = identity as string[]
  const result = await lambda.authorize(
    configuration,
    present,
    authorizerEvent(present, asked),
    callerOf(configuration, asked.api),
  )
  switch (result.outcome) {
    case 'authorized':
      return { outcome: 'passed', context: { lambda: result.context } }
    case 'forbidden':
      return refused(refusal(403, 'Forbidden'))
    case 'unauthorized':
      return refused(refusal(401, 'Unauthorized'))
    case 'failed':
      return refused(internalServerError(result.reason))
    default:
      return result satisfies never
  }
}

function callerOf(configuration: LambdaAuthorizerConfiguration, api: Api): Principal {
  if (configuration.credentialsArn !== undefined) return { kind: 'role', roleArn: configuration.credentialsArn }
  const sourceArn = executeApiArn(api, `authorizers/${configuration.authorizerId}`)
  return { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }
}

/** Source: "Control access to HTTP APIs with AWS Lambda authorizers", payload format 2.0. */
function authorizerEvent(identity: readonly string[], { api, stage, match, request }: Asked): object {
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
