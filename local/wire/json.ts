import { gunzipSync } from 'node:zlib'
import { isObject } from '../json.ts'
import { AwsError } from './aws-error.ts'
import {
  operationOf,
  type JsonService,
  type MemberType,
  type Pages,
  type Protocol,
  type WireRequest,
  type WireResponse,
} from './service.ts'

/** The largest input of an operation, decompressed. */
const inputLimitBytes = 100 * 1024 * 1024

export function jsonProtocol(service: Omit<JsonService, 'targetPrefix'>): Protocol {
  const respond = (status: number, body: unknown): WireResponse => ({
    status,
    headers: { 'content-type': `application/x-amz-json-${service.version}`, ...(service.cors && corsHeaders) },
    body: JSON.stringify(body),
  })
  return {
    find(request) {
      const operation = operationOf(service.operations, targetOf(request)!.operation)
      return (
        operation && {
          operation,
          input: () => checkedInput(jsonInput(request), service.members),
          respond: (output) => respond(200, output ?? {}),
        }
      )
    },
    fail: (error) => respond(error.statusCode, { __type: error.name, message: error.message, ...error.members }),
  }
}

/** The response of AWS to preflight requests, which do not name a service. */
export const preflights: Pages = {
  claims: ({ method, path, headers }) =>
    method === 'OPTIONS' && path === '/' && headers['access-control-request-method'] !== undefined,
  handle: () => ({
    status: 200,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers':
        '*,authorization,date,x-amz-date,x-amz-target,x-amz-security-token,content-type,x-amz-content-sha256,x-amz-user-agent,x-amzn-trace-id',
      'access-control-max-age': '172800',
    },
  }),
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-errortype,x-amzn-requestid,x-amzn-errormessage,x-amzn-trace-id,date',
}

/** `AmazonSQS.SendMessage` → `{ prefix: 'AmazonSQS', operation: 'SendMessage' }` */
export function targetOf({ headers }: WireRequest): { prefix: string; operation: string } | undefined {
  const target = headers['x-amz-target']
  if (target === undefined) return undefined
  const dot = target.lastIndexOf('.')
  return { prefix: target.slice(0, dot), operation: target.slice(dot + 1) }
}

/** Clients compress large input, such as the metrics of PutMetricData. @throws AwsError SerializationException */
export function jsonInput({ body, headers }: WireRequest): object {
  if (body.length === 0) return {}
  const isCompressed = headers['content-encoding'] === 'gzip'
  try {
    const text = isCompressed ? gunzipSync(body, { maxOutputLength: inputLimitBytes }) : body
    const input: unknown = JSON.parse(text.toString('utf8'))
    if (isObject(input)) return input
  } catch {
    // Rejected below, like a body that is not an object.
  }
  throw new AwsError('SerializationException', 'The request body is not an object in JSON.')
}

const isType: Readonly<Record<MemberType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  structures: (value) => Array.isArray(value) && value.every(isObject),
}

/** @throws AwsError SerializationException */
function checkedInput(input: object, members: JsonService['members']): object {
  if (!members) return input
  const given = Object.entries(input).filter(([, value]) => value !== null)
  const wrong = given.find(([name, value]) => Object.hasOwn(members, name) && !isType[members[name]!](value))
  if (wrong) throw new AwsError('SerializationException', `The member ${wrong[0]} has another type.`)
  return Object.fromEntries(given)
}
