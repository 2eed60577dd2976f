import type { GatewayRequest } from './model.ts'

/** The values that an identity source can select besides parts of the request. */
export interface IdentityContext {
  readonly routeKey: string
  readonly stageName: string
  readonly stageVariables: Readonly<Record<string, string>>
}

/** @throws Error for a selection expression that is not emulated */
export function checkIdentitySource(source: string): string {
  if (
    /^\$(request\.(header|querystring)\..+|stageVariables\..+|context\.(routeKey|stage|httpMethod|path|identity\.sourceIp))$/.test(
      source,
    )
  )
    return source
  throw new Error(`The identity source '${source}' is not emulated.`)
}

/** @returns the value that a source such as `$request.header.Authorization` selects; undefined when absent or empty */
export function selectIdentity(source: string, request: GatewayRequest, context: IdentityContext): string | undefined {
  return select(source, request, context) || undefined
}

function select(source: string, request: GatewayRequest, context: IdentityContext): string | undefined {
  if (source.startsWith('$request.header.'))
    return request.headers[source.slice('$request.header.'.length).toLowerCase()]
  if (source.startsWith('$request.querystring.')) {
    return new URLSearchParams(request.rawQuery).get(source.slice('$request.querystring.'.length)) ?? undefined
  }
  if (source.startsWith('$stageVariables.')) return context.stageVariables[source.slice('$stageVariables.'.length)]
  switch (source) {
    case '$context.routeKey':
      return context.routeKey
    case '$context.stage':
      return context.stageName
    case '$context.httpMethod':
      return request.method
    case '$context.path':
      return request.path
    case '$context.identity.sourceIp':
      return request.sourceIp
    default:
      throw new Error(`The identity source '${source}' is not emulated.`)
  }
}
