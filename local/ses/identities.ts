import type { State } from '../state/state.ts'
import type { Address } from './address.ts'

/** The addresses and domains that may send. All identities count as verified. */
export class Identities {
  readonly #state: State
  readonly #declared = new Set<string>()

  constructor(state: State) {
    this.#state = state
    state.define('CREATE TABLE IF NOT EXISTS ses_identities (identity TEXT PRIMARY KEY)')
  }

  /** Adds an identity of a template; it is not persisted. */
  declare(identity: string): void {
    this.#declared.add(normalize(identity))
  }

  /** Adds an identity by the API; it is persisted. */
  create(identity: string): void {
    this.#state.run('INSERT OR IGNORE INTO ses_identities VALUES (?)', normalize(identity))
  }

  has(identity: string): boolean {
    const name = normalize(identity)
    return (
      this.#declared.has(name) || this.#state.get('SELECT 1 FROM ses_identities WHERE identity = ?', name) !== undefined
    )
  }

  list(): string[] {
    const created = this.#state.all<{ identity: string }>('SELECT identity FROM ses_identities')
    return [...new Set([...this.#declared, ...created.map(({ identity }) => identity)])].toSorted()
  }

  /** The identity that allows a sender: the address itself, its domain or a parent domain. */
  of({ address, domain }: Address): string | undefined {
    const labels = domain.split('.')
    const domains = labels.map((_, at) => labels.slice(at).join('.'))
    return [address, ...domains].find((identity) => this.has(identity))
  }
}

/** Domains are case-insensitive, local parts are not. */
function normalize(identity: string): string {
  const at = identity.lastIndexOf('@')
  return identity.slice(0, at + 1) + identity.slice(at + 1).toLowerCase()
}

export const identityType = (identity: string) => (identity.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN')
