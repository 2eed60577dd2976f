import { internalServerError, type GatewayResponse } from './model.ts'

/** Headers that belong to one connection, or that the gateway computes. */
const gatewayHeaders = new Set([
  'apigw-requestid',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Converts the result of a function to an HTTP response, by payload format 2.0: an object with `statusCode` describes
 * the response; any other value is the JSON body of a 200.
 */
export function interpret(payload: unknown): GatewayResponse {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload ?? null) }
  }
  const result = payload as Record<string, unknown>
  const status = Number(result['statusCode'])
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    return malformed(`statusCode is ${JSON.stringify(result['statusCode'])}`)
  }
  const headers = headersOf(result['headers'])
  if (!headers) return malformed('a header is neither string, number nor boolean')
  const cookies = result['cookies'] ?? []
  if (!Array.isArray(cookies) || !cookies.every((cookie) => typeof cookie === 'string')) {
    return malformed('cookies is not a list of strings')
  }
  const body = result['body'] ?? ''
  if (typeof body !== 'string') return malformed('body is not a string')
  const encoded = result['isBase64Encoded'] === true
  return {
    status,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    cookies,
    body: encoded ? Buffer.from(body, 'base64') : body,
  }
}

const malformed = (what: string) => internalServerError(`The function's response is malformed: ${what}.`)

function headersOf(headers: unknown): Record<string, string> | undefined {
  if (headers === undefined || headers === null) return {}
  if (typeof headers !== 'object' || Array.isArray(headers)) return undefined
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  if (!entries.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))) return undefined
  return Object.fromEntries(
    entries.filter(([name]) => !gatewayHeaders.has(name)).map(([name, value]) => [name, String(value)]),
  )
}
