import { AwsError } from '../wire/aws-error.ts'

export interface Address {
  readonly address: string
  readonly domain: string
  readonly displayName?: string
}

const badRequest = (message: string) => new AwsError('BadRequestException', message)

/** Reads `a@example.com` or `Anna <a@example.com>`. @throws AwsError BadRequestException */
export function parseAddress(text: string): Address {
  // A line break in an address would end its header and start another one.
  if (/[\r\n]/.test(text)) throw badRequest('Local address contains control or whitespace')
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
