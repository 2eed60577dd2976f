import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listening } from './listening.ts'

type Json = any

/** An AWS error response. @default status 403 */
export class Refusal extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 403) {
    super(message)
    this.code = code
    this.status = status
  }
}

export const denied = (action: string) => new Refusal('AccessDenied', `User is not authorized to perform: ${action}`)

/** By operation: the response, or a function of the request. */
export type Responses = Readonly<Record<string, Json | ((input: Json) => Json)>>

export type FakeAws = Awaited<ReturnType<typeof startFakeAws>>

/** Serves the AWS wire protocols with the given responses, and UnknownOperation for any other operation. */
export async function startFakeAws(responses: Responses) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const call = parse(request, body)
      asked.push(call.operation)
      call.reply(response, await outputOf(responses, call))
    })
  })
  const { url: endpoint, stop } = await listening(server)
  return {
    endpoint,
    /** The requested operations, oldest first. */
    asked,
    /** Environment variables that direct a process to this fake. */
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'fake',
      AWS_SECRET_ACCESS_KEY: 'fake',
    },
    stop,
  }
}

interface Call {
  readonly operation: string
  readonly input: Json
  readonly reply: (response: ServerResponse, output: Json | Refusal) => void
}

function outputOf(responses: Responses, { operation, input }: Call): Json | Refusal {
  if (!(operation in responses))
    return new Refusal('UnknownOperationException', `The test does not define ${operation}.`, 400)
  const output = responses[operation]
  return typeof output === 'function' ? output(input) : output
}

/** The operations of Lambda, SES and CloudFront have paths instead of names. */
const paths: readonly (readonly [RegExp, string])[] = [
  [/^\/2015-03-31\/functions\/?$/, 'ListFunctions'],
  [/^\/2016-08-19\/account-settings\/?$/, 'GetAccountSettings'],
  [/^\/v2\/email\/account\/?$/, 'GetAccount'],
  [/^\/2020-05-31\/cache-policy\/?$/, 'ListCachePolicies'],
  [/^\/2020-05-31\/distribution\/?$/, 'ListDistributions'],
  [/^\/2020-05-31\/response-headers-policy\/?$/, 'ListResponseHeadersPolicies'],
  [/^\/v2\/email\/identities\/(?<EmailIdentity>[^/]+)\/?$/, 'GetEmailIdentity'],
]

function parse(request: IncomingMessage, body: string): Call {
  const target = request.headers['x-amz-target']
  if (target) return { operation: String(target).split('.')[1]!, input: JSON.parse(body || '{}'), reply: replyJson }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const input = Object.fromEntries(new URLSearchParams(body))
    const operation = input['Action']!
    return { operation, input, reply: replyToQuery(operation) }
  }
  const { pathname, searchParams } = new URL(request.url!, 'http://fake')
  const [pattern, operation] = paths.find(([path]) => path.test(pathname)) ?? [/^/, `${request.method} ${pathname}`]
  const named = Object.entries(pattern.exec(pathname)?.groups ?? {}).map(([key, value]) => [
    key,
    decodeURIComponent(value),
  ])
  const reply: Call['reply'] = pathname.startsWith('/2020-05-31/')
    ? (response, output) => replyXml(response, operation, output)
    : replyJson
  return { operation, input: { ...Object.fromEntries(searchParams), ...Object.fromEntries(named) }, reply }
}

function replyJson(response: ServerResponse, output: Json | Refusal): void {
  const refused = output instanceof Refusal
  response.writeHead(refused ? output.status : 200, {
    'content-type': 'application/x-amz-json-1.0',
    ...(refused ? { 'x-amzn-errortype': output.code } : {}),
  })
  response.end(JSON.stringify(refused ? { __type: output.code, message: output.message } : output))
}

const replyToQuery =
  (operation: string): Call['reply'] =>
  (response, output) =>
    replyXml(response, `${operation}Response`, output instanceof Refusal ? output : { [`${operation}Result`]: output })

function replyXml(response: ServerResponse, root: string, output: Json | Refusal): void {
  const refused = output instanceof Refusal
  response.writeHead(refused ? output.status : 200, { 'content-type': 'text/xml' })
  response.end(
    refused ? toXml('ErrorResponse', { Error: { Code: output.code, Message: output.message } }) : toXml(root, output),
  )
}

function toXml(name: string, value: Json): string {
  if (value === undefined) return ''
  const inner = Array.isArray(value)
    ? value.map((member) => toXml('member', member)).join('')
    : typeof value === 'object'
      ? Object.entries(value)
          .map(([key, field]) => toXml(key, field))
          .join('')
      : String(value).replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`)
  return `<${name}>${inner}</${name}>`
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
