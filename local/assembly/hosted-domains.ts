/**
 * The domains of resources on AWS, such as that of a distribution. They do not resolve to the local system, so URLs of
 * them in properties and outputs are replaced: `https://<domain>/…` by the local URL, and `https://<domain>`, which is an
 * origin in security policies, by the local origin. A domain without `https://` is unchanged: it may be just a name.
 */
export class HostedDomains {
  readonly #urls = new Map<string, string>()

  /** @param hosts domain → local URL without a trailing slash */
  add(hosts: Readonly<Record<string, string>> = {}): void {
    for (const [domain, url] of Object.entries(hosts)) this.#urls.set(domain, url)
  }

  /** Replaces every URL of a hosted domain; the intrinsic functions must be resolved. */
  localize(value: unknown): unknown {
    if (this.#urls.size === 0) return value
    if (typeof value === 'string') return this.#localizeText(value)
    if (Array.isArray(value)) return value.map((item) => this.localize(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.localize(inner)]))
  }

  #localizeText(text: string): string {
    return text.replace(secureHost, (whole, domain: string, path: string) => {
      const url = this.#urls.get(domain)
      if (url === undefined) return whole
      return path === '' ? new URL(url).origin : `${url}/`
    })
  }
}

const secureHost = /https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)(\/|(?![\w.:@-]))/g
