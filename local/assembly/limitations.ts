import type { ResourceDeclaration, ResourceProvider } from './provider.ts'

/** Collects what a template asks for and does not get here, and says it in few lines. */
export class Limitations {
  readonly #unsupported = new Map<string, string[]>()
  readonly #notEmulated = new Map<string, { reason: string; count: number }>()
  readonly #properties = new Map<string, Map<string, number>>()
  readonly #sentences = new Map<string, string[]>()

  unsupportedType(type: string, where: string): void {
    add(this.#unsupported, type, where)
  }

  notEmulated(type: string, reason: string): void {
    this.#notEmulated.set(type, { reason, count: (this.#notEmulated.get(type)?.count ?? 0) + 1 })
  }

  /** Notes every property that the provider neither honours nor knows to be without effect. */
  properties(declaration: ResourceDeclaration, provider: ResourceProvider): void {
    for (const name of Object.keys(declaration.properties)) {
      if (provider.honoured.includes(name) || provider.ignored?.[name] !== undefined) continue
      const counts = this.#properties.get(declaration.type) ?? new Map<string, number>()
      counts.set(name, (counts.get(name) ?? 0) + 1)
      this.#properties.set(declaration.type, counts)
    }
  }

  sentence(where: string, sentence: string): void {
    add(this.#sentences, sentence, where)
  }

  /** One line a type; what is missing stands before what is left out on purpose. */
  lines(): string[] {
    const types = [...this.#unsupported].map(([type, where]) => `${type} is not supported: ${where.join(', ')}`)
    const properties = [...this.#properties].map(([type, counts]) => `${type}: not supported: ${propertyList(counts)}`)
    const sentences = [...this.#sentences].map(([sentence, where]) => `${some(where)}: ${sentence}`)
    return [...types, ...properties, ...sentences, ...this.#onPurpose()]
  }

  #onPurpose(): string[] {
    const byReason = Map.groupBy(this.#notEmulated, ([, { reason }]) => reason)
    return [...byReason].map(([reason, types]) => {
      const names = types.map(([type, { count }]) => (count > 1 ? `${type} (${count})` : type))
      return `Not emulated: ${names.join(', ')}: ${reason}`
    })
  }
}

const propertyList = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([name, count]) => (count > 1 ? `${name} (${count} times)` : name)).join(', ')

const some = (where: readonly string[]) =>
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
