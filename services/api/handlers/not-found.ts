import { apiHandler } from '#shared/http/api-handler.ts'
import { problem } from '#shared/http/problem.ts'
import { defineRoute } from '#shared/http/route.ts'

/** Not among the service's routes: `$default` is where the gateway sends what no route takes, whatever its method. */
const anythingElse = defineRoute({
  operationId: 'routeNotFound',
  method: 'GET',
  path: '$default',
  access: 'public',
  summary: 'What no route takes',
  entry: 'not-found',
  answers: {},
  problems: { 'route-not-found': { status: 404, title: 'There is nothing at this address' } },
})

export const notFoundHandler = () =>
  apiHandler(anythingElse, async () => ({
    problem: problem(anythingElse.problems!, 'route-not-found', 'GET /openapi.json lists what there is.'),
  }))
