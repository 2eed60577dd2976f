type Json = Record<string, any>

/** The entries of an object whose values are kept. */
const only = (entries: Json, keep: (value: any, key: string) => boolean): Json =>
  Object.fromEntries(Object.entries(entries).filter(([key, value]) => keep(value, key)))

/**
 * The OpenAPI document without the routes of services that are not installed: the build describes every service, and a
 * deployment can leave some out (`-c without=`).
 */
export function withInstalledRoutes(document: Json, installed: readonly string[]): Json {
  const services = new Set(['api', ...installed])
  const paths = Object.entries<Json>(document['paths']).map(([path, operations]) => [
    path,
    only(operations, (operation) => services.has(operation['x-service'])),
  ])
  return { ...document, paths: only(Object.fromEntries(paths), (operations) => Object.keys(operations).length > 0) }
}

/** The AsyncAPI document without the events of services that are not installed. */
export function withInstalledEvents(document: Json, installed: readonly string[]): Json {
  const services = new Set(installed)
  const channels = only(document['channels'], (channel) => services.has(channel['x-service']))
  const messages = new Set(Object.values(channels).flatMap((channel) => Object.keys(channel.messages)))
  return {
    ...document,
    info: { ...document['info'], tags: document['info'].tags.filter(({ name }: Json) => name in channels) },
    channels,
    operations: only(document['operations'], (_, name) => name.replace(/^publish-/, '') in channels),
    components: {
      ...document['components'],
      messages: only(document['components'].messages, (_, name) => messages.has(name)),
    },
  }
}
