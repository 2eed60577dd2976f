import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpStage, LogGroupLogDestination, type CfnStage, type IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { Stack } from 'aws-cdk-lib'
import type { Route } from '#shared/http/route.ts'
import type { Stage, Throttle } from '../stages.ts'
import { ApiRoutes } from './api-routes.ts'

export interface ApiStageProps {
  readonly stage: Stage
  readonly httpApi: IHttpApi
}

/**
 * Opens the API: what it serves, how much of it at once, and the log of who was answered what. It names every route
 * that is to stay, and API Gateway refuses the name of a route that is not there, so it is made after the stacks of all
 * services, and a route is left out of it before it goes.
 */
export class ApiStage extends Construct {
  constructor(scope: Construct, { stage, httpApi }: ApiStageProps) {
    super(scope, 'api-stage')
    const accessLogs = new LogGroup(this, 'access-logs', {
      logGroupName: `/aws/vendedlogs/${stage.prefix}-api`,
      retention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
    })
    const httpStage = new HttpStage(this, 'default', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: stage.throttle.reads.requestsPerSecond, burstLimit: stage.throttle.reads.burstRequests },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
      },
    })
    const served = this.node.root.node.findAll().filter((construct) => construct instanceof ApiRoutes)
    for (const routes of served) Stack.of(this).addStackDependency(Stack.of(routes))
    const template = httpStage.node.defaultChild as CfnStage
    const staying = served.flatMap(({ routes }) => routes).filter(({ retired }) => !retired)
    template.routeSettings = Object.fromEntries(
      staying.map((route) => [`${route.method} ${route.path}`, limitsOf(stage, route)]),
    )
  }
}

function limitsOf({ throttle }: Stage, { access, method }: Route) {
  const limits: Throttle = access === 'staff' ? throttle.staff : method === 'GET' ? throttle.reads : throttle.writes
  return { ThrottlingRateLimit: limits.requestsPerSecond, ThrottlingBurstLimit: limits.burstRequests }
}

/** No address and no token of the caller; the authorizer's error tells why a 401 was one. */
const accessLogLine = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
}
