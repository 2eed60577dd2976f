import findMyWay, { type HTTPMethod } from 'find-my-way'

export interface Route {
  /** `GET /loans/{loanId}`, `ANY /{proxy+}` or `$default` */
  readonly routeKey: string
  readonly integrationId: string
  /** Undefined for a route without authorization. */
  readonly authorizerId?: string | undefined
  readonly scopes: readonly string[]
}

export interface Match {
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

const methods: readonly HTTPMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * The routes of one API. The most specific path wins, then a named method before ANY, then `$default`.
 * Source: "Create routes for HTTP APIs" in the API Gateway developer guide.
 */
export class Router {
  readonly #routes = new Map<string, Route>()
  #tree: ReturnType<typeof findMyWay> | undefined

  /** @throws Error when the key is malformed or already declared */
  add(route: Route): void {
    parseRouteKey(route.routeKey)
    if (this.#routes.has(route.routeKey)) throw new Error(`The route ${route.routeKey} is declared twice.`)
    this.#routes.set(route.routeKey, route)
    this.#tree = undefined
  }

  /** @param path percent-decoded */
  find(method: string, path: string): Match | undefined {
    // The path is already decoded and find-my-way decodes it again, so a literal percent sign must be encoded.
    const found = this.#built().find(method as HTTPMethod, path.replace(/[%?#]/g, encodeURIComponent))
    const values = Object.values(found?.params ?? {})
    // A path variable does not match an empty segment.
    if (!found || values.includes('')) return this.#default()
    const route: Route = found.store
    const { names } = parseRouteKey(route.routeKey)
    return { route, pathParameters: Object.fromEntries(names.map((name, at) => [name, values[at]!])) }
  }

  #default(): Match | undefined {
    const route = this.#routes.get('$default')
    return route && { route, pathParameters: {} }
  }

  #built() {
    return (this.#tree ??= buildTree([...this.#routes.values()]))
  }
}

/** Adds ANY routes for every method, so that a route with another method falls through to a less specific path. */
function buildTree(routes: readonly Route[]) {
  const tree = findMyWay({ maxParamLength: 16_384 })
  const added = new Set<string>()
  const parsed = routes.map((route) => ({ route, ...parseRouteKey(route.routeKey) }))
  const namedMethodsFirst = parsed.toSorted((a, b) => Number(a.method === 'ANY') - Number(b.method === 'ANY'))
  for (const { route, method, pattern } of namedMethodsFirst) {
    if (pattern === undefined) continue
    for (const one of method === 'ANY' ? methods : [method as HTTPMethod]) {
      if (added.has(`${one} ${pattern}`)) continue
      added.add(`${one} ${pattern}`)
      tree.on(one, pattern, () => {}, route)
    }
  }
  return tree
}

interface RouteKey {
  readonly method: string
  /** In find-my-way's syntax; undefined for `$default`. */
  readonly pattern?: string
  readonly names: readonly string[]
}

function parseRouteKey(routeKey: string): RouteKey {
  if (routeKey === '$default') return { method: 'ANY', names: [] }
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(routeKey) ?? []
  if (!method || !path || (method !== 'ANY' && !methods.includes(method as HTTPMethod))) {
    throw new Error(`'${routeKey}' is not a route key: expected '$default' or 'METHOD /path'.`)
  }
  const names: string[] = []
  const segments = path.slice(1).split('/')
  const pattern = segments.map((segment, at) => {
    const [, name, greedy] = /^\{([^{}+]+)(\+?)\}$/.exec(segment) ?? []
    if (name === undefined) return literalSegment(segment, routeKey)
    if (greedy && at < segments.length - 1)
      throw new Error(`The greedy variable of '${routeKey}' must be its last segment.`)
    names.push(name)
    // Named by position: two routes may have different names for the variable at one position.
    return greedy ? '*' : `:v${at}`
  })
  return { method, pattern: `/${pattern.join('/')}`, names }
}

function literalSegment(segment: string, routeKey: string): string {
  if (/[{}*]/.test(segment)) throw new Error(`'${routeKey}': a path variable must be a whole segment.`)
  return segment.replaceAll(':', '::')
}
