/**
 * Domains that resources answer under on AWS. Nothing on one machine answers under them, so a URL that a template makes
 * of one (`https://<domain>/…`) becomes the local one, wherever it stands in a property or an output. A domain by
 * itself stays: it is a name and no address.
 */
export class HostedDomains {
  readonly #urls = new Map<string, string>()

  /** @param hosts domain → where it answers here, without a slash at its end */
  add(hosts: Readonly<Record<string, string>> = {}): void {
    for (const [domain, url] of Object.entries(hosts)) this.#urls.set(domain, url)
  }

  /** The value with every URL of a hosted domain replaced; functions of the template must be resolved. */
  localise(value: unknown): unknown {
    if (this.#urls.size === 0) return value
    if (typeof value === 'string') return this.#localiseText(value)
    if (Array.isArray(value)) return value.map((item) => this.localise(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.localise(inner)]))
  }

  #localiseText(text: string): string {
    return text.replace(secureHost, (url, domain: string) => this.#urls.get(domain) ?? url)
  }
}

const secureHost = /https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?![\w.:@-])/g
