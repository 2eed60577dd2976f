import type { AwsError } from './aws-error.ts'
import type { WireResponse } from './service.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** The error response of the REST-XML services (S3): a denial is AccessDenied with status 403; scalar members are included. */
export function xmlError(error: AwsError, requestId: string): WireResponse {
  const denied = error.name === 'AccessDeniedException'
  const members = Object.entries(error.members)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
  return {
    status: denied ? 403 : error.statusCode,
    headers: { 'content-type': 'application/xml', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${denied ? 'AccessDenied' : escapeXml(error.name)}</Code><Message>${escapeXml(error.message)}</Message>${members.join('')}<RequestId>${requestId}</RequestId></Error>`,
  }
}
