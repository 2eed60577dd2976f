import type { Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'

const loopback = /^(localhost|([\w-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Whether a Host header names this machine. A web page whose domain resolves to 127.0.0.1 (DNS rebinding) sends another
 * name, and could otherwise read everything, since for the browser it is the same origin.
 */
export const isLoopback = (host: string) => loopback.test(host)

/** Whether a web page of another site, or a page without an origin, sent the request. */
function isForeign({ origin }: Readonly<Record<string, string>>): boolean {
  return origin !== undefined && !isLoopback(origin.replace(/^https?:\/\//, ''))
}

/**
 * Rejects the page of another site where no secret protects the caller: the administrator's keys are public, and a browser
 * sends a form to this machine without asking.
 * @throws AwsError AccessDenied
 */
export function requireOwnOrigin(headers: Readonly<Record<string, string>>, principal?: Principal): void {
  if (principal !== undefined && principal.kind !== 'administrator') return
  if (isForeign(headers))
    throw new AwsError('AccessDenied', `Web pages of ${headers['origin']} have no access.`, { statusCode: 403 })
}
