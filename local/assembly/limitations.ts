import type { ResourceDeclaration, ResourceProvider } from './provider.ts'

/** Collects what the templates declare and the system does not emulate, and summarizes it. */
export class Limitations {
  readonly #unsupported = new Map<string, string[]>()
  readonly #notEmulated = new Map<string, { reason: string; count: number }>()
  readonly #properties = new Map<string, Map<string, number>>()
  readonly #messages = new Map<string, string[]>()

  unsupportedType(type: string, where: string): void {
    add(this.#unsupported, type, where)
  }

  notEmulated(type: string, reason: string): void {
    this.#notEmulated.set(type, { reason, count: (this.#notEmulated.get(type)?.count ?? 0) + 1 })
  }

  /** Records every property that the provider neither supports nor ignores with a reason. */
  properties(declaration: ResourceDeclaration, provider: ResourceProvider): void {
    for (const name of Object.keys(declaration.properties)) {
      if (provider.supported.includes(name) || provider.ignored?.[name] !== undefined) continue
      const counts = this.#properties.get(declaration.type) ?? new Map<string, number>()
      counts.set(name, (counts.get(name) ?? 0) + 1)
      this.#properties.set(declaration.type, counts)
    }
  }

  message(where: string, message: string): void {
    add(this.#messages, message, where)
  }

  /** One line per type: first what is unsupported, then what is deliberately not emulated. */
  lines(): string[] {
    const types = [...this.#unsupported].map(([type, where]) => `${type} is not supported: ${where.join(', ')}`)
    const properties = [...this.#properties].map(([type, counts]) => `${type}: not supported: ${propertyList(counts)}`)
    const messages = [...this.#messages].map(([message, where]) => `${shortened(where)}: ${message}`)
    return [...types, ...properties, ...messages, ...this.#deliberate()]
  }

  #deliberate(): string[] {
    const byReason = Map.groupBy(this.#notEmulated, ([, { reason }]) => reason)
    return [...byReason].map(([reason, types]) => {
      const names = types.map(([type, { count }]) => (count > 1 ? `${type} (${count})` : type))
      return `Not emulated: ${names.join(', ')}: ${reason}`
    })
  }
}

const propertyList = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([name, count]) => (count > 1 ? `${name} (${count} times)` : name)).join(', ')

const shortened = (where: readonly string[]) =>
  where.length <= 3 ? where.join(', ') : `${where.slice(0, 3).join(', ')} and ${where.length - 3} more`

function add(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key)
  if (values) values.push(value)
  else map.set(key, [value])
}

/** A message for each member of a property that is not emulated, so that none is ignored silently. */
export const unsupportedMembers = (where: string, value: object, supported: readonly string[]): string[] =>
  Object.keys(value)
    .filter((name) => !supported.includes(name))
    .map((name) => `${where}: ${name} is not emulated.`)
