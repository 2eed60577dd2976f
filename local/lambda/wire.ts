import { AwsError } from '../wire/aws-error.ts'
import type { RestService, WireRequest, WireResponse } from '../wire/service.ts'
import { functionRoutes } from './operations/functions.ts'
import { invokeRoute } from './operations/invoke.ts'
import { mappingRoutes } from './operations/mappings.ts'
import type { Route, WireContext } from './operations/route.ts'

const version = '/2015-03-31/'

/** The operations of Lambda's HTTP API that a local system needs. */
export function lambdaWire(context: WireContext): RestService {
  const routes: Route[] = [invokeRoute(context), ...functionRoutes(context), ...mappingRoutes(context)]
  return {
    signingName: 'lambda',
    claims: (request) => request.path.startsWith(version),
    async handle(request, call, authorize) {
      try {
        const { route, parameters } = find(routes, request)
        return await route.handle({ request, call, authorize, parameters })
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return errorResponse(error, call.requestId)
      }
    },
  }
}

function find(routes: Route[], request: WireRequest): { route: Route; parameters: string[] } {
  for (const route of routes) {
    const match = route.method === request.method ? route.path.exec(request.path) : null
    if (match) return { route, parameters: match.slice(1).map((part) => decodeURIComponent(part)) }
  }
  throw new AwsError('UnknownOperationException', `${request.method} ${request.path} is not emulated.`, {
    statusCode: 404,
  })
}

function errorResponse(error: AwsError, requestId: string): WireResponse {
  return {
    status: error.statusCode,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.name, 'x-amzn-requestid': requestId },
    body: JSON.stringify({
      Type: error.statusCode >= 500 ? 'Service' : 'User',
      Message: error.message,
      message: error.message,
      ...error.members,
    }),
  }
}
