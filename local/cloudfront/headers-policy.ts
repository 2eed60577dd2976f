import { unsupportedMembers } from '../assembly/limitations.ts'

/** A response headers policy. */
export interface HeadersPolicy {
  readonly removed: readonly string[]
  readonly added: readonly AddedHeader[]
}

interface AddedHeader {
  /** Lowercase. */
  readonly name: string
  readonly value: string
  /** Whether it replaces the origin's header. */
  readonly override: boolean
}

type Config = Record<string, any>

/** @param config `ResponseHeadersPolicyConfig` of a template */
export function readHeadersPolicy(config: Config): { policy: HeadersPolicy; limitations: string[] } {
  const security: Config = config['SecurityHeadersConfig'] ?? {}
  const custom: Config[] = config['CustomHeadersConfig']?.Items ?? []
  const removed: Config[] = config['RemoveHeadersConfig']?.Items ?? []
  return {
    policy: {
      removed: removed.map(({ Header }) => String(Header).toLowerCase()),
      added: [
        ...Object.entries(security).flatMap(([name, setting]) => securityHeader(name, setting)),
        ...custom.map(({ Header, Value, Override }) => added(String(Header), String(Value), Override)),
      ],
    },
    limitations: [
      ...unsupportedMembers('ResponseHeadersPolicyConfig', config, [
        'Name',
        'Comment',
        'SecurityHeadersConfig',
        'CustomHeadersConfig',
        'RemoveHeadersConfig',
      ]),
      ...unsupportedMembers('SecurityHeadersConfig', security, Object.keys(securityHeaders)),
    ],
  }
}

const added = (name: string, value: string, override: unknown): AddedHeader => ({
  name: name.toLowerCase(),
  value,
  override: isTrue(override),
})

const isTrue = (value: unknown) => String(value) === 'true'

const securityHeaders: Readonly<Record<string, { header: string; valueOf: (setting: Config) => string }>> = {
  ContentSecurityPolicy: {
    header: 'content-security-policy',
    valueOf: (setting) => setting['ContentSecurityPolicy'],
  },
  ContentTypeOptions: { header: 'x-content-type-options', valueOf: () => 'nosniff' },
  FrameOptions: { header: 'x-frame-options', valueOf: (setting) => setting['FrameOption'] },
  ReferrerPolicy: { header: 'referrer-policy', valueOf: (setting) => setting['ReferrerPolicy'] },
  StrictTransportSecurity: {
    header: 'strict-transport-security',
    valueOf: (setting) =>
      [
        `max-age=${setting['AccessControlMaxAgeSec']}`,
        ...(isTrue(setting['IncludeSubdomains']) ? ['includeSubDomains'] : []),
        ...(isTrue(setting['Preload']) ? ['preload'] : []),
      ].join('; '),
  },
}

function securityHeader(name: string, setting: Config): AddedHeader[] {
  const known = securityHeaders[name]
  return known ? [added(known.header, String(known.valueOf(setting)), setting['Override'])] : []
}

/** @param headers with lowercase names */
export function applyHeadersPolicy(
  headers: Readonly<Record<string, string>>,
  policy: HeadersPolicy | undefined,
): Record<string, string> {
  const applied = { ...headers }
  for (const name of policy?.removed ?? []) delete applied[name]
  for (const { name, value, override } of policy?.added ?? []) {
    if (override || applied[name] === undefined) applied[name] = value
  }
  return applied
}
