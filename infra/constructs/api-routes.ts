import {
  HttpRoute,
  HttpRouteKey,
  type HttpMethod,
  type IHttpApi,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Validations } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { Access, Route } from '#shared/http/route.ts'
import type { ServiceFunction } from './service-function.ts'

/** The API as services see it: something to add routes to. */
export interface Api {
  readonly httpApi: IHttpApi
  readonly authorizers: Readonly<Record<Exclude<Access, 'public'>, IHttpRouteAuthorizer>>
}

/**
 * Cognito puts this scope into every access token and into no ID token. Without it an ID token would pass, since a JWT
 * authorizer is content with `aud` where it finds one.
 */
export const accessTokenScope = 'aws.cognito.signin.user.admin'

export interface ApiRoutesProps {
  readonly api: Api
  readonly routes: readonly Route[]
  /** The functions behind the routes; each route finds its own by `entry`. */
  readonly functions: readonly ServiceFunction[]
}

/**
 * A service's routes at the API, with integrations and permissions in the service's own stack.
 * @throws Error when a route has no function, or a function no route
 */
export class ApiRoutes extends Construct {
  readonly routes: readonly Route[]

  constructor(scope: Construct, { api, routes, functions }: ApiRoutesProps) {
    super(scope, 'routes')
    this.routes = routes
    for (const route of routes) {
      const handler = functions.find(({ entry }) => entry === route.entry)
      if (!handler)
        throw new Error(`${route.method} ${route.path} is answered by ${route.entry}, which no stack makes.`)
      const httpRoute = new HttpRoute(this, route.operationId, {
        httpApi: api.httpApi,
        routeKey: HttpRouteKey.with(route.path, route.method as HttpMethod),
        integration: new HttpLambdaIntegration('integration', handler),
        ...(route.access === 'public' ? {} : { authorizer: api.authorizers[route.access] }),
        ...(route.access === 'customer' ? { authorizationScopes: [accessTokenScope] } : {}),
      })
      if (route.access === 'public') {
        Validations.of(httpRoute).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason: "The service's routes.ts declares this route public: it tells nothing that belongs to a customer.",
        })
      }
    }
    const idle = functions.find(({ entry }) => !routes.some((route) => route.entry === entry))
    if (idle) throw new Error(`No route of ${idle.service} is answered by ${idle.entry}.`)
  }
}
