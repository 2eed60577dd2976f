import { RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpStage, LogGroupLogDestination, type CfnStage, type IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Route } from '#shared/http/route.ts'
import type { Stage } from '../stages.ts'
import { StageStack } from './stage-stack.ts'

export interface ApiStagesProps {
  readonly httpApi: IHttpApi
  /** The stacks whose routes the stages serve. */
  readonly stacks: readonly StageStack[]
}

/**
 * `$default` serves the API's own domain; `api` serves the same routes below `/api`, to which the distribution forwards
 * that path unchanged. API Gateway counts throttles per stage, so each has the limits for itself.
 */
const stageNames = ['$default', 'api'] as const

/**
 * Deploys the API: its routes, their throttles and the access log. API Gateway rejects settings for a route that does
 * not exist, so the stages are deployed after the stacks of all routes, and leave out a retired route before that route
 * is deleted.
 */
export class ApiStages extends Construct {
  constructor(scope: Construct, { httpApi, stacks }: ApiStagesProps) {
    super(scope, 'api-stage')
    const own = StageStack.of(this)
    const { stage } = own
    const accessLogs = new LogGroup(this, 'access-logs', {
      logGroupName: `/aws/vendedlogs/${stage.prefix}-api`,
      retention: RetentionDays[stage.logRetention],
      removalPolicy: RemovalPolicy[stage.removalPolicy],
    })
    const current = stacks.flatMap(({ resources }) => resources.routes).filter(({ retired }) => !retired)
    const routeSettings = Object.fromEntries(
      current.map((route) => [`${route.method} ${route.path}`, limitsOf(stage, route)]),
    )
    for (const stageName of stageNames) {
      const httpStage = new HttpStage(this, stageName.replace('$', ''), {
        httpApi,
        stageName,
        autoDeploy: true,
        throttle: { rateLimit: stage.throttle.reads.requestsPerSecond, burstLimit: stage.throttle.reads.burstRequests },
        accessLogSettings: {
          destination: new LogGroupLogDestination(accessLogs),
          format: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
        },
      })
      const template = httpStage.node.defaultChild as CfnStage
      template.routeSettings = routeSettings
    }
    for (const stack of stacks) if (stack.resources.routes.length > 0) own.addStackDependency(stack)
  }
}

function limitsOf({ throttle }: Stage, route: Route) {
  const limits = throttle[throttleOf(route)]
  return { ThrottlingRateLimit: limits.requestsPerSecond, ThrottlingBurstLimit: limits.burstRequests }
}

/** A public request with query parameters is a list. */
function throttleOf({ access, method, query, readsMany }: Route): keyof Stage['throttle'] {
  if (access === 'staff') return 'staff'
  if (access === 'public' && (query || readsMany)) return 'publicLists'
  return method === 'GET' ? 'reads' : 'writes'
}

/**
 * Holds neither address nor token of the caller; the authorizer's error explains a 401. API Gateway escapes quotes in a value,
 * and writes `-` for one that is absent (as observed in DataBiosphere/azul, issue 4348): `$context.error.messageString`, "the
 * quoted value of $context.error.message" (API Gateway developer guide), would be a `-` without quotes in every line of a success.
 */
const accessLogLine = {
  requestId: '$context.requestId',
  stage: '$context.stage',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
}
