export interface Match<Route> {
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

interface Compiled<Route> {
  readonly route: Route
  readonly method: string
  readonly path: RegExp
  /** The names of the path's variables, by their position. */
  readonly names: readonly string[]
  /** Routes are tried in the order of their ranks. */
  readonly rank: string
}

/**
 * The routes of one API. The most specific path wins, then a named method before ANY, then `$default`.
 * Source: "Create routes for HTTP APIs" in the API Gateway developer guide.
 */
export class Router<Route extends { readonly routeKey: string }> {
  #routes: Compiled<Route>[] = []

  /** @throws Error when the key is malformed or already declared */
  add(route: Route): void {
    const { routeKey } = route
    if (this.#routes.some((other) => other.route.routeKey === routeKey))
      throw new Error(`The route ${routeKey} is declared twice.`)
    this.#routes = [...this.#routes, compile(route)].toSorted((a, b) =>
      a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0,
    )
  }

  /** @param path percent-decoded */
  find(method: string, path: string): Match<Route> | undefined {
    for (const { route, names, ...candidate } of this.#routes) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue
      const found = candidate.path.exec(path)
      if (found) return { route, pathParameters: Object.fromEntries(names.map((name, at) => [name, found[at + 1]!])) }
    }
    return undefined
  }
}

function compile<Route extends { readonly routeKey: string }>(route: Route): Compiled<Route> {
  const { routeKey } = route
  if (routeKey === '$default') return { route, method: 'ANY', path: /^/, names: [], rank: '~' }
  const [, method, path] = /^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/(.*)$/.exec(routeKey) ?? []
  if (method === undefined || path === undefined)
    throw new Error(`'${routeKey}' is not a route key: expected '$default' or 'METHOD /path'.`)
  const names: string[] = []
  let source = ''
  let rank = ''
  for (const segment of path.split('/')) {
    const [, name, greedy] = /^\{([^{}+]+)(\+?)\}$/.exec(segment) ?? []
    if (name === undefined && /[{}*]/.test(segment))
      throw new Error(`'${routeKey}': a path variable must be a whole segment.`)
    if (rank.endsWith('2')) throw new Error(`The greedy variable of '${routeKey}' must be its last segment.`)
    if (name !== undefined) names.push(name)
    rank += name === undefined ? '0' : greedy ? '2' : '1'
    source += `/${name === undefined ? RegExp.escape(segment) : greedy ? '(.+)' : '([^/]+)'}`
  }
  return { route, method, path: new RegExp(`^${source}$`, 's'), names, rank: `${rank} ${method === 'ANY' ? 1 : 0}` }
}
