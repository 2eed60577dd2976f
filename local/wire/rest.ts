import type { AwsError } from './aws-error.ts'
import { jsonInput } from './json.ts'
import type { Protocol, RestService, WireRequest, WireResponse } from './service.ts'
import { errorStatus, xmlError } from './xml.ts'

export function restProtocol(service: Omit<RestService, 'signingName'>): Protocol {
  const { input = jsonMembers } = service
  const routes = Object.entries(service.operations)
    .map(([key, operation]) => ({ ...compileRoute(key), operation }))
    // The query `?delete` selects another operation than the path alone.
    .toSorted((one, other) => Number(other.hasSubresource) - Number(one.hasSubresource))
  return {
    find(request) {
      for (const { match, operation } of routes) {
        const path = match(request)
        if (path) return { operation, input: () => input(request, path), respond }
      }
      return undefined
    },
    fail: service.errors === 'xml' ? xmlError : jsonError,
    ...(service.claims && { claims: service.claims }),
    ...(service.finish && { finish: service.finish }),
  }
}

const jsonMembers: NonNullable<RestService['input']> = (request, path) => ({
  ...jsonInput(request),
  ...Object.fromEntries(request.query),
  ...path,
})

/** Members of AWS's outputs begin with a capital letter, so that `status` marks a response. */
const isResponse = (output: unknown): output is WireResponse =>
  typeof (output as WireResponse | undefined)?.status === 'number'

const respond = (output: unknown): WireResponse =>
  isResponse(output)
    ? output
    : { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output ?? {}) }

const jsonError = (error: AwsError): WireResponse => ({
  status: errorStatus(error),
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.name },
  body: JSON.stringify({ message: error.message, Message: error.message, ...error.members }),
})

/** @param key `POST /{Bucket}?delete`; `{Key+}` also matches slashes */
function compileRoute(key: string) {
  const [, method, template, subresource] = /^(\w+) ([^?]+)(?:\?(.+))?$/.exec(key)!
  const source = template!.replaceAll(/\{(\w+)(\+?)\}/g, (_, name, greedy) => `(?<${name}>${greedy ? '.+' : '[^/]+'})`)
  const path = new RegExp(`^${source}/?$`)
  return {
    hasSubresource: subresource !== undefined,
    match(request: WireRequest): Record<string, string> | undefined {
      if (request.method !== method) return undefined
      if (subresource !== undefined && !request.query.has(subresource)) return undefined
      const groups = path.exec(request.path)
      if (!groups) return undefined
      const parameters = Object.entries(groups.groups ?? {})
      return Object.fromEntries(parameters.map(([name, value]) => [name, decodeURIComponent(value)]))
    },
  }
}
