import { apiHandler } from '#shared/http/api-handler.ts'
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
  answers: {},
  problems: routeNotFound,
})

export const notFoundHandler = () =>
  apiHandler(defaultRoute, async () => ({
    problem: problem(routeNotFound, 'route-not-found', 'GET /openapi.json lists the routes.'),
  }))
