import {
  HttpRoute,
  HttpRouteKey,
  type HttpMethod,
  type IHttpApi,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Validations } from 'aws-cdk-lib'
import type { IAlias } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Access, Route } from '#shared/http/route.ts'
import { ReleasedFunction } from './released-function.ts'
import type { ServiceFunction } from './service-function.ts'
import { catalogPath } from '../edge/behaviors.ts'
import { StageStack } from './stage-stack.ts'

/** The API as services see it: something to add routes to. */
export interface Api {
  readonly httpApi: IHttpApi
  readonly authorizers: Readonly<Record<Exclude<Access, 'public'>, IHttpRouteAuthorizer>>
}

/**
 * Cognito puts this scope into every access token and into no ID token. A JWT authorizer that checks `aud` alone would
 * accept ID tokens too.
 */
export const accessTokenScope = 'aws.cognito.signin.user.admin'

export interface ApiRoutesProps {
  readonly api: Api
  readonly routes: readonly Route[]
  /** The functions behind the routes; each route finds its own by `entry`. */
  readonly functions: readonly ServiceFunction[]
  /** Entry → provisioned concurrent executions. @default none for any */
  readonly provisionedConcurrency?: Readonly<Record<string, number>>
}

/**
 * A service's routes, with integrations and permissions in the service's own stack. Routes invoke the alias `live` of
 * their functions, so that a new version receives calls only as the stage releases it.
 * @throws Error when a route has no function, a function no route, or concurrency no function, and when the distribution
 * would not forward what a route needs
 */
export class ApiRoutes extends Construct {
  constructor(scope: Construct, { api, routes, functions, provisionedConcurrency = {} }: ApiRoutesProps) {
    super(scope, 'routes')
    const stack = StageStack.of(this)
    stack.resources.routes.push(...routes)
    const released = new Map(
      functions.map((handler) => {
        const concurrency = provisionedConcurrency[handler.entry] ?? 0
        return [handler.entry, new ReleasedFunction(stack, { function: handler, provisionedConcurrency: concurrency })]
      }),
    )
    for (const route of routes) {
      checkCatalogPath(route)
      const handler = released.get(route.entry)
      if (!handler)
        throw new Error(`${route.method} ${route.path} needs the function ${route.entry}, which is missing.`)
      this.addRoute(route, api, handler.alias)
    }
    const idle = functions.find(({ entry }) => !routes.some((route) => route.entry === entry))
    if (idle) throw new Error(`No route of ${idle.service} invokes ${idle.entry}.`)
    const unknown = Object.keys(provisionedConcurrency).find((entry) => !released.has(entry))
    if (unknown) throw new Error(`Concurrency is provisioned for ${unknown}, which no route here invokes.`)
  }

  private addRoute(route: Route, api: Api, handler: IAlias): void {
    const httpRoute = new HttpRoute(this, route.operationId, {
      httpApi: api.httpApi,
      routeKey: HttpRouteKey.with(route.path, route.method as HttpMethod),
      integration: new HttpLambdaIntegration('integration', handler),
      ...(route.access === 'public' ? {} : { authorizer: api.authorizers[route.access] }),
      ...(route.access === 'customer' ? { authorizationScopes: [accessTokenScope] } : {}),
    })
    if (route.access !== 'public') return
    Validations.of(httpRoute).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: "The service's routes.ts declares this route public: its responses hold no customer data.",
    })
  }
}

/** The distribution's cache policy for the catalog forwards path and query only, so that no response depends on the caller. */
function checkCatalogPath({ method, path, access, headers }: Route): void {
  if (!path.startsWith(catalogPath) || (access === 'public' && !headers)) return
  throw new Error(
    `${method} ${path} needs a token or headers, which the distribution does not forward below ${catalogPath}: choose another path.`,
  )
}
