import type { AwsError } from './aws-error.ts'
import { operationOf, type Protocol, type QueryService, type WireRequest, type WireResponse } from './service.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** Content of elements: a list repeats its element, undefined omits it. */
type XmlValue = string | number | boolean | undefined | XmlValue[] | XmlContent
export interface XmlContent {
  readonly [name: string]: XmlValue
}

/** A response with an XML document of one root element. */
export const xmlResponse = (status: number, root: string, content: XmlContent, namespace?: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace ? ` xmlns="${namespace}"` : ''}>${elements(content)}</${root}>`,
})

const elements = (content: XmlContent): string =>
  Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join('')

function element(name: string, value: XmlValue): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('')
  return `<${name}>${typeof value === 'object' ? elements(value) : escapeXml(String(value))}</${name}>`
}

const isDenied = (error: AwsError) => error.name === 'AccessDeniedException'

/** Outside of the JSON protocol, a denial has status 403. */
export const errorStatus = (error: AwsError) => (isDenied(error) ? 403 : error.statusCode)

const errorContent = (error: AwsError) => ({
  Code: isDenied(error) ? 'AccessDenied' : error.name,
  Message: error.message,
})

/** The error response of the REST-XML services (S3), with the members of the error. */
export const xmlError = (error: AwsError, RequestId: string): WireResponse =>
  xmlResponse(errorStatus(error), 'Error', { ...errorContent(error), ...(error.members as XmlContent), RequestId })

export const queryProtocol = (service: Omit<QueryService, 'signingName'>): Protocol => ({
  find(request) {
    const form = formOf(request)
    const action = form.get('Action')!
    const operation = operationOf(service.operations, action)
    const respond = (output: unknown, RequestId: string) => {
      const content = { [`${action}Result`]: (output ?? {}) as XmlContent, ResponseMetadata: { RequestId } }
      return xmlResponse(200, `${action}Response`, content, service.namespace)
    }
    return operation && { operation, input: () => Object.fromEntries(form), respond }
  },
  fail(error, RequestId) {
    const Type = error.statusCode < 500 ? 'Sender' : 'Receiver'
    return xmlResponse(errorStatus(error), 'ErrorResponse', { Error: { Type, ...errorContent(error) }, RequestId })
  },
})

/** The operation is in the form, or in the URL of a GET request; other protocols have none. */
export const actionOf = (request: WireRequest): string | undefined => formOf(request).get('Action') ?? undefined

function formOf({ headers, query, body }: WireRequest): URLSearchParams {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(body.toString('utf8')) : query
}
