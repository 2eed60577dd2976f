import { operationOf, type Protocol, type QueryService, type WireRequest } from './service.ts'
import { errorElements, errorStatus, escapeXml, xmlResponse } from './xml.ts'

export const queryProtocol = (service: Omit<QueryService, 'signingName'>): Protocol => ({
  find(request) {
    const form = formOf(request)
    const action = form.get('Action')!
    const operation = operationOf(service.operations, action)
    const respond = (output: unknown, requestId: string) => {
      const members = Object.entries(output ?? {}).map(
        ([name, text]) => `<${name}>${escapeXml(String(text))}</${name}>`,
      )
      return xmlResponse(
        200,
        requestId,
        `<${action}Response xmlns="${service.namespace}"><${action}Result>${members.join('')}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
      )
    }
    return operation && { operation, input: () => Object.fromEntries(form), respond }
  },
  fail(error, requestId) {
    const type = error.statusCode < 500 ? 'Sender' : 'Receiver'
    return xmlResponse(
      errorStatus(error),
      requestId,
      `<ErrorResponse><Error><Type>${type}</Type>${errorElements(error)}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    )
  },
})

/** The operation is in the form, or in the URL of a GET request; other protocols have none. */
export const actionOf = (request: WireRequest): string | undefined => formOf(request).get('Action') ?? undefined

function formOf({ headers, query, body }: WireRequest): URLSearchParams {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(body.toString('utf8')) : query
}
