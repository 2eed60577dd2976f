import { createContext, Script } from 'node:vm'
import type { HttpRequest } from '../wire/http.ts'
import type { EdgeResponse } from './policies.ts'

interface Identity {
  readonly id: string
  readonly domainName: string
}

/** A failure of a function, or a result that is not valid. */
export class EdgeFunctionError extends Error {}

/** Ends an infinite loop; on AWS, the limit of compute utilization does. */
const timeLimitMs = 1000

/**
 * A CloudFront Function for viewer requests: a script with a function `handler(event)`. It runs with the language's own
 * objects and `console` alone: no network, file system, timers or dynamic code.
 * Source: "JavaScript runtime 2.0 features for CloudFront Functions".
 */
export class EdgeFunction {
  readonly #name: string
  readonly #code: string
  #script: Script | undefined

  constructor(name: string, code: string) {
    this.#name = name
    this.#code = code
  }

  /** @returns the changed request, or the response. @throws EdgeFunctionError */
  run(distribution: Identity, request: HttpRequest): { request: HttpRequest } | { response: EdgeResponse } {
    try {
      return resultOf(this.#call(eventOf(distribution, request)), request)
    } catch (error) {
      throw new EdgeFunctionError(`The function ${this.#name} failed: ${(error as Error).message}`)
    }
  }

  /** Event and result are JSON, so that no object of this process reaches the code. */
  #call(event: object): unknown {
    const sandbox: { result?: string; failure?: string } = Object.create(null)
    const context = createContext(sandbox, {
      codeGeneration: { strings: false, wasm: false },
      // Promises settle within the time limit, and before the script returns.
      microtaskMode: 'afterEvaluate',
    })
    // Compiled at the first request, so that code that is not valid fails there, as each of its requests does.
    this.#script ??= new Script(`${this.#code}\n${runHandler}`, { filename: this.#name })
    const setUp = `const console = { log() {} }; const __event = ${JSON.stringify(JSON.stringify(event))}`
    new Script(setUp).runInContext(context)
    this.#script.runInContext(context, { timeout: timeLimitMs })
    if (sandbox.failure !== undefined) throw new Error(sandbox.failure)
    if (sandbox.result === undefined) throw new Error('it returned nothing, or its promise does not settle.')
    return JSON.parse(sandbox.result)
  }
}

const runHandler = `
;(async () => handler(JSON.parse(__event)))().then(
  (result) => { globalThis.result = JSON.stringify(result) },
  (error) => { globalThis.failure = String(error && error.message || error) },
)`

/** Source: "CloudFront Functions event structure". */
function eventOf({ domainName, id }: Identity, request: HttpRequest) {
  const { cookie = '', ...headers } = request.headers
  return {
    version: '1.0',
    context: {
      distributionDomainName: domainName,
      distributionId: id,
      eventType: 'viewer-request',
      requestId: request.id,
    },
    viewer: { ip: request.sourceIp },
    request: {
      method: request.method,
      uri: request.path,
      querystring: grouped(request.rawQuery.split('&')),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
      cookies: grouped(cookie.split(/; */)),
    },
  }
}

/** A query parameter, header or cookie in the event. */
interface Value {
  readonly value: string
  readonly multiValue?: readonly { readonly value: string }[]
}

/** `name=value` by name; repeated names have all their values in `multiValue`. */
function grouped(pairs: readonly string[]): Record<string, Value> {
  const named = pairs.filter((pair) => pair !== '').map((pair) => /^([^=]*)=?(.*)$/s.exec(pair)!)
  const groups = [...Map.groupBy(named, ([, name]) => name!)]
  return Object.fromEntries(
    groups.map(([name, matches]) => {
      const multiValue = matches.map(([, , value]) => ({ value: value! }))
      return [name, { ...multiValue[0]!, ...(multiValue.length > 1 && { multiValue }) }]
    }),
  )
}

function resultOf(result: any, request: HttpRequest): { request: HttpRequest } | { response: EdgeResponse } {
  if (result?.statusCode !== undefined) return { response: generatedResponse(result) }
  if (typeof result?.uri !== 'string' || !result.uri.startsWith('/')) throw new Error('it returned no valid uri.')
  const cookie = pairsOf(result.cookies).join('; ')
  const headers = { ...joined(result.headers), ...(cookie !== '' && { cookie }) }
  return { request: { ...request, path: result.uri, rawQuery: pairsOf(result.querystring).join('&'), headers } }
}

/** A response with text, such as a redirect. */
function generatedResponse({ statusCode, headers, body = '', cookies }: any): EdgeResponse {
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new Error(`it returned the status code ${JSON.stringify(statusCode)}.`)
  if (typeof body !== 'string' || cookies !== undefined)
    throw new Error('responses with cookies or an encoded body are not emulated.')
  return { status, headers: joined(headers), body }
}

/** Every value of a part of a result. */
const valuesIn = (part: Readonly<Record<string, Value>> = {}) =>
  Object.entries(part).flatMap(([name, value]) =>
    (value?.multiValue ?? [value]).map((one) => {
      if (typeof one?.value !== 'string') throw new Error(`it returned ${name} without a text value.`)
      return [name, one.value] as const
    }),
  )

const pairsOf = (part: Record<string, Value> | undefined) => valuesIn(part).map(([name, value]) => `${name}=${value}`)

function joined(headers: Record<string, Value> | undefined): Record<string, string> {
  const byName = Map.groupBy(valuesIn(headers), ([name]) => name.toLowerCase())
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, value]) => value).join(', ')]))
}
