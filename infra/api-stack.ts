import { Aws, Duration, Validations } from 'aws-cdk-lib'
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
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { routes } from '#services/api/routes.ts'
import { ApiRoutes, type Api } from './constructs/api-routes.ts'
import { addOutput } from './constructs/outputs.ts'
import { ReleasedFunction } from './constructs/released-function.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import { StageStack } from './constructs/stage-stack.ts'
import { staffGroup, type IdentityStack } from './identity-stack.ts'
import type { Stage } from './stages.ts'

/** The HTTP API with both authorizers and the routes of the service `api`. The operations stack deploys its stages. */
export class ApiStack extends StageStack implements Api {
  readonly httpApi: HttpApi
  readonly authorizers: Api['authorizers']

  /** @param services the names of the installed ones, whose routes and events the API describes */
  constructor(scope: Construct, stage: Stage, identity: IdentityStack, services: readonly string[]) {
    super(scope, 'api', stage)
    this.httpApi = new HttpApi(this, 'http-api', {
      apiName: stage.prefix,
      createDefaultStage: false,
      ...(stage.corsOrigins.length > 0 ? { corsPreflight: corsOf(stage) } : {}),
    })
    this.authorizers = {
      customer: this.createCustomerAuthorizer(identity),
      staff: this.createStaffAuthorizer(identity),
    }
    this.addOwnRoutes({ INSTALLED_SERVICES: services.join() })
    addOutput(this, 'ApiUrl', this.httpApi.apiEndpoint, 'The address of the API')
  }

  private createCustomerAuthorizer({ userPool, client }: IdentityStack) {
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

  private createStaffAuthorizer({ userPool, client }: IdentityStack) {
    const ownIssuer = {
      issuer: userPool.userPoolProviderUrl,
      clientIds: [client.userPoolClientId],
      groupsClaim: 'cognito:groups',
      userPoolId: userPool.userPoolId,
    }
    const handler = new ServiceFunction(this, {
      service: 'users',
      entry: 'staff-authorizer',
      environment: {
        ISSUERS: this.toJsonString([ownIssuer, ...this.stage.staffIssuers]),
        STAFF_GROUP: staffGroup,
        STAFF_MFA: String(this.stage.staffMfa),
      },
    })
    userPool.grant(handler, 'cognito-idp:AdminGetUser', 'cognito-idp:AdminListGroupsForUser')
    const authorizer = new HttpAuthorizer(this, 'staff-authorizer-of-api', {
      httpApi: this.httpApi,
      authorizerName: 'staff',
      type: HttpAuthorizerType.LAMBDA,
      identitySource: ['$request.header.Authorization'],
      authorizerUri: `arn:${Aws.PARTITION}:apigateway:${this.region}:lambda:path/2015-03-31/functions/${handler.functionArn}/invocations`,
      payloadFormatVersion: AuthorizerPayloadVersion.VERSION_2_0,
      enableSimpleResponses: true,
      // Saves the calls per request of a session; for this long a user who was removed from the group, or disabled, keeps
      // access. Tokens of other issuers are valid until they expire.
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

  private addOwnRoutes(environment: Record<string, string>): void {
    const ofApi = (entry: string) => new ServiceFunction(this, { service: 'api', entry })
    const describing = (entry: string) => new ServiceFunction(this, { service: 'api', entry, environment })
    const functions = [ofApi('health'), describing('openapi'), describing('asyncapi')]
    new ApiRoutes(this, { api: this, routes, functions })
    const notFound = new ReleasedFunction(this, { function: ofApi('not-found') })
    const defaultRoute = new HttpRoute(this, 'default-route', {
      httpApi: this.httpApi,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration('integration', notFound.alias),
    })
    Validations.of(defaultRoute).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Returns 404 where no route matches, and has access to nothing.',
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
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'x-correlation-id'],
  exposeHeaders: ['etag', 'idempotent-replayed', 'location', 'retry-after', 'x-correlation-id'],
  maxAge: Duration.hours(1),
})
