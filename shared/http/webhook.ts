import { createHmac, timingSafeEqual } from 'node:crypto'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { ReadSecret } from '../lambda/secret.ts'
import { problem, type Problem } from './problem.ts'

export const webhookProblems = {
  'signature-invalid': { status: 401, title: 'The signature is missing, wrong or too old' },
} as const

/** How far the time of a signature may be from now, in either direction; five minutes, as Stripe's libraries have it. */
const toleranceSeconds = 5 * 60

/** The value of a signature header. `time`: when it is sent. */
export function signatureOf(body: string, { secret, time }: { secret: string; time: Date }): string {
  const timestamp = Math.floor(time.getTime() / 1000)
  return `t=${timestamp},v1=${hmac(`${timestamp}.`, Buffer.from(body), secret).toString('hex')}`
}

/**
 * Checks that a request was signed with the secret, before its body is parsed: `t=<unix seconds>,v1=<hex>`, where v1 is the
 * HMAC-SHA256 of `<t>.<body>`. The scheme is Stripe's, whose header has one v1 for each secret while it is replaced (Stripe
 * documentation, Webhooks, "Verify webhook signatures manually").
 * @param options.header its name, in lower case
 */
export const signedBy =
  ({ header, secret, now }: { header: string; secret: ReadSecret; now: () => Date }) =>
  async ({ headers, body = '', isBase64Encoded }: APIGatewayProxyEventV2): Promise<Problem | undefined> => {
    const { timestamp, signatures } = parse(headers[header] ?? '')
    const ageSeconds = now().getTime() / 1000 - Number(timestamp)
    const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
    if (timestamp !== undefined && signatures.length > 0 && Math.abs(ageSeconds) <= toleranceSeconds) {
      const expected = hmac(`${timestamp}.`, bytes, await secret())
      if (signatures.some((signature) => timingSafeEqual(Buffer.from(signature, 'hex'), expected))) return undefined
    }
    return problem(webhookProblems, 'signature-invalid', `Send ${header}: t=<unix seconds>,v1=<HMAC-SHA256 of t.body>.`)
  }

const hmac = (prefix: string, body: Uint8Array, secret: string): Buffer =>
  createHmac('sha256', secret).update(prefix).update(body).digest()

function parse(header: string): { timestamp?: string | undefined; signatures: readonly string[] } {
  const parts = header.split(',').map((part) => part.trim())
  const timestamps = parts.flatMap((part) => /^t=(\d{1,12})$/.exec(part)?.[1] ?? [])
  const signatures = parts.flatMap((part) => /^v1=([\da-f]{64})$/.exec(part)?.[1] ?? [])
  return { timestamp: timestamps.length === 1 ? timestamps[0] : undefined, signatures }
}
