import { apiHandler, type ApiFunction } from '#shared/http/api-handler.ts'
import { problem } from '#shared/http/problem.ts'
import { defineRoute } from '#shared/http/route.ts'
import * as routes from '../routes.ts'

export const healthHandler = (now: () => Date) =>
  apiHandler(routes.getHealth, async () => ({
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: { status: 'ok', time: now().toISOString() },
  }))

/** @param description the document that the build generated */
export const descriptionHandler = (route: typeof routes.getOpenApi | typeof routes.getAsyncApi, description: unknown) =>
  apiHandler(route, async () => ({
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    body: description,
  }))

const routeNotFound = { 'route-not-found': { status: 404, title: 'The route does not exist' } }

/** API Gateway's `$default` route receives requests of any method that no other route matches. */
const defaultRoute = defineRoute({
  operationId: 'routeNotFound',
  method: 'GET',
  path: '$default',
  access: 'public',
  summary: 'Requests without a route',
  entry: 'not-found',
  ignoresQuery: true,
  responses: {},
  problems: routeNotFound,
})

/**
 * Also responds to preflights of browsers, to which API Gateway adds the headers of the API's CORS configuration: "The $default
 * route catches requests for all methods and routes that you haven't explicitly defined, including OPTIONS requests"
 * (API Gateway Developer Guide, Configure CORS for HTTP APIs).
 */
export function notFoundHandler(): ApiFunction {
  const notFound = apiHandler(defaultRoute, async () => ({
    problem: problem(routeNotFound, 'route-not-found', 'GET /openapi.json lists the routes.'),
  }))
  return async (event, context) =>
    event.requestContext.http.method === 'OPTIONS' ? { statusCode: 204 } : notFound(event, context)
}
