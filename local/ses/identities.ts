import { AwsError } from '../wire/aws-error.ts'

/** An address such as `a@example.com` or `Anna <a@example.com>`. */
export interface Address {
  readonly address: string
  readonly domain: string
  readonly displayName?: string
}

export const badRequest = (message: string) => new AwsError('BadRequestException', message)

/** @throws AwsError BadRequestException */
export function parseAddress(text: unknown): Address {
  // A line break in an address would end its header and start another one.
  if (typeof text !== 'string' || /[\r\n]/.test(text)) throw badRequest('Local address contains control or whitespace')
  const [, displayName, bracketed] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? []
  const address = (bracketed ?? text).trim()
  const [, local, domain] = /^(.+)@([^@]+)$/.exec(address) ?? []
  if (local === undefined || domain === undefined) throw badRequest("Missing final '@domain'")
  if (!/^[\x21-\x7e]+$/.test(local) || /[(),:;<>@[\]\\]/.test(local.replace(/^".*"$/, ''))) {
    throw badRequest('Local address contains control or whitespace')
  }
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(domain)) {
    throw badRequest('Domain contains illegal character')
  }
  return { address, domain: domain.toLowerCase(), displayName: displayName?.replace(/^"(.*)"$/, '$1') || undefined }
}

/** The addresses and domains that may send. All count as verified. */
export class Identities {
  readonly #identities = new Set<string>()

  declare(identity: string): void {
    this.#identities.add(normalize(identity))
  }

  /** The identity that allows a sender: the address itself, its domain or a parent domain. */
  of({ address, domain }: Address): string | undefined {
    const labels = domain.split('.')
    const domains = labels.map((_, at) => labels.slice(at).join('.'))
    return [address, ...domains].find((identity) => this.#identities.has(normalize(identity)))
  }
}

/** Domains are case-insensitive, local parts are not. */
function normalize(identity: string): string {
  const at = identity.lastIndexOf('@')
  return identity.slice(0, at + 1) + identity.slice(at + 1).toLowerCase()
}
