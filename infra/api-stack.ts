import { Aws, Duration, Stack, Validations, type StackProps } from 'aws-cdk-lib'
import {
  AuthorizerPayloadVersion,
  CorsHttpMethod,
  HttpApi,
  HttpAuthorizer,
  HttpAuthorizerType,
  HttpRoute,
  HttpRouteKey,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { routes } from '#services/api/routes.ts'
import { ApiRoutes, type Api } from './constructs/api-routes.ts'
import { addOutput } from './constructs/outputs.ts'
import { ReleasedFunction } from './constructs/released-function.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import { staffGroup } from './identity-stack.ts'
import type { Stage } from './stages.ts'

export interface ApiStackProps extends StackProps {
  readonly stage: Stage
  readonly userPool: UserPool
  readonly client: UserPoolClient
}

/** The HTTP API with both authorizers, and the routes that belong to no service. The operations stack opens it. */
export class ApiStack extends Stack implements Api {
  readonly httpApi: HttpApi
  readonly authorizers: Api['authorizers']

  constructor(scope: Construct, id: string, { stage, userPool, client, ...props }: ApiStackProps) {
    super(scope, id, props)
    this.httpApi = new HttpApi(this, 'http-api', {
      apiName: stage.prefix,
      createDefaultStage: false,
      ...(stage.corsOrigins.length > 0 ? { corsPreflight: corsOf(stage) } : {}),
    })
    this.authorizers = {
      customer: this.createCustomerAuthorizer(userPool, client),
      staff: this.createStaffAuthorizer(stage, userPool, client),
    }
    this.addOwnRoutes(stage)
    addOutput(this, 'ApiUrl', this.httpApi.apiEndpoint, 'Where the API answers')
  }

  private createCustomerAuthorizer(userPool: UserPool, client: UserPoolClient) {
    const authorizer = new HttpAuthorizer(this, 'customer-authorizer', {
      httpApi: this.httpApi,
      authorizerName: 'customer',
      type: HttpAuthorizerType.JWT,
      identitySource: ['$request.header.Authorization'],
      jwtIssuer: userPool.userPoolProviderUrl,
      jwtAudience: [client.userPoolClientId],
    })
    return HttpAuthorizer.fromHttpAuthorizerAttributes(this, 'customer', {
      authorizerId: authorizer.authorizerId,
      authorizerType: HttpAuthorizerType.JWT,
    })
  }

  private createStaffAuthorizer(stage: Stage, userPool: UserPool, client: UserPoolClient) {
    const shop = {
      issuer: userPool.userPoolProviderUrl,
      clientIds: [client.userPoolClientId],
      groupsClaim: 'cognito:groups',
    }
    const handler = new ServiceFunction(this, {
      stage,
      service: 'users',
      entry: 'staff-authorizer',
      environment: { ISSUERS: this.toJsonString([shop, ...stage.staffIssuers]), STAFF_GROUP: staffGroup },
    })
    const authorizer = new HttpAuthorizer(this, 'staff-authorizer-of-api', {
      httpApi: this.httpApi,
      authorizerName: 'staff',
      type: HttpAuthorizerType.LAMBDA,
      identitySource: ['$request.header.Authorization'],
      authorizerUri: `arn:${Aws.PARTITION}:apigateway:${this.region}:lambda:path/2015-03-31/functions/${handler.functionArn}/invocations`,
      payloadFormatVersion: AuthorizerPayloadVersion.VERSION_2_0,
      enableSimpleResponses: true,
      // Spares a call for each request of a session, and is the longest that a member who left the group stays in.
      resultsCacheTtl: Duration.minutes(1),
    })
    handler.addPermission('api', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.formatArn({
        service: 'execute-api',
        resource: this.httpApi.apiId,
        resourceName: `authorizers/${authorizer.authorizerId}`,
      }),
    })
    return HttpAuthorizer.fromHttpAuthorizerAttributes(this, 'staff', {
      authorizerId: authorizer.authorizerId,
      authorizerType: 'CUSTOM',
    })
  }

  private addOwnRoutes(stage: Stage): void {
    const ofApi = (entry: string) => new ServiceFunction(this, { stage, service: 'api', entry })
    new ApiRoutes(this, { stage, api: this, routes, functions: [ofApi('health'), ofApi('openapi')] })
    const answersOthers = new ReleasedFunction(this, { stage, function: ofApi('not-found') })
    const notFound = new HttpRoute(this, 'default-route', {
      httpApi: this.httpApi,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration('integration', answersOthers.alias),
    })
    Validations.of(notFound).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Answers 404 to whatever has no route, and knows nothing else.',
    })
  }
}

const corsOf = (stage: Stage) => ({
  allowOrigins: [...stage.corsOrigins],
  allowMethods: [
    CorsHttpMethod.GET,
    CorsHttpMethod.POST,
    CorsHttpMethod.PUT,
    CorsHttpMethod.PATCH,
    CorsHttpMethod.DELETE,
  ],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-correlation-id'],
  exposeHeaders: ['etag', 'idempotent-replayed', 'location', 'retry-after', 'x-correlation-id'],
  maxAge: Duration.hours(1),
})
