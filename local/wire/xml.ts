import type { AwsError } from './aws-error.ts'
import type { WireResponse } from './service.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!)

export const xmlResponse = (status: number, requestId: string, document: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-amzn-requestid': requestId },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
})

const isDenied = (error: AwsError) => error.name === 'AccessDeniedException'

/** Outside of the JSON protocol, a denial has status 403. */
export const errorStatus = (error: AwsError) => (isDenied(error) ? 403 : error.statusCode)

export const errorElements = (error: AwsError) =>
  `<Code>${isDenied(error) ? 'AccessDenied' : escapeXml(error.name)}</Code><Message>${escapeXml(error.message)}</Message>`

/** The error response of the REST-XML services (S3); scalar members are included. */
export function xmlError(error: AwsError, requestId: string): WireResponse {
  const members = Object.entries(error.members)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
  return xmlResponse(
    errorStatus(error),
    requestId,
    `<Error>${errorElements(error)}${members.join('')}<RequestId>${requestId}</RequestId></Error>`,
  )
}
