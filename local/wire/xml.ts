import type { AwsError } from './aws-error.ts'
import type { WireResponse } from './service.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** The error response of the REST-XML services (S3): a denial is AccessDenied with status 403; scalar members are included. */
export function xmlError(error: AwsError, requestId: string): WireResponse {
  const members = Object.entries(error.members)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
  return xmlResponse(
    error,
    requestId,
    `<Error>${codeAndMessage(error)}${members.join('')}<RequestId>${requestId}</RequestId></Error>`,
  )
}

/** The error response of the Query protocol (STS, CloudFormation, IAM, SNS and others). */
export function queryError(error: AwsError, requestId: string): WireResponse {
  const type = error.statusCode < 500 ? 'Sender' : 'Receiver'
  return xmlResponse(
    error,
    requestId,
    `<ErrorResponse><Error><Type>${type}</Type>${codeAndMessage(error)}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  )
}

/** The error response of EC2, which has a Query protocol of its own. */
export const ec2Error = (error: AwsError, requestId: string): WireResponse =>
  xmlResponse(
    error,
    requestId,
    `<Response><Errors><Error>${codeAndMessage(error)}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  )

const isDenied = (error: AwsError) => error.name === 'AccessDeniedException'

const codeAndMessage = (error: AwsError) =>
  `<Code>${isDenied(error) ? 'AccessDenied' : escapeXml(error.name)}</Code><Message>${escapeXml(error.message)}</Message>`

const xmlResponse = (error: AwsError, requestId: string, body: string): WireResponse => ({
  status: isDenied(error) ? 403 : error.statusCode,
  headers: { 'content-type': 'application/xml', 'x-amzn-requestid': requestId },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
})
