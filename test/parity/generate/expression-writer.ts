import type { AttributeValue } from '@cartwheel/local/testing'
import type { Chance } from './chance.ts'

/** Reserved words, which an expression may use only through a placeholder. */
const reserved = new Set(['status', 'name', 'size'])

/** Keys have no nested values; DynamoDB rejects such a path, and DynamoDB Local accepts it in transactions. */
const keys = new Set(['pk', 'sk', 'id', 'gk', 'gs', 'ls'])

/** Collects the placeholders of the expressions of one request. */
export class ExpressionWriter {
  readonly #chance: Chance
  readonly #names: Record<string, string> = {}
  readonly #values: Record<string, AttributeValue> = {}

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** An attribute's name, literally or as a placeholder. */
  name(name: string): string {
    const needed = reserved.has(name) ? 98 : 35
    if (!this.#chance.percent(needed)) return name
    const placeholder = `#${name}`
    this.#names[placeholder] = name
    return placeholder
  }

  value(value: AttributeValue): string {
    const placeholder = `:v${Object.keys(this.#values).length}`
    this.#values[placeholder] = value
    return placeholder
  }

  /** A path that starts at an attribute, sometimes deeper. */
  path(name: string): string {
    if (name === 'm' && this.#chance.percent(60)) {
      const inner = this.name(this.#chance.pick(['x', 'y', 'name']))
      return `${this.name('m')}.${inner}${this.#chance.percent(15) ? `[${this.#chance.int(0, 2)}]` : ''}`
    }
    if (name === 'l' && this.#chance.percent(60)) return `${this.name('l')}[${this.#chance.int(0, 3)}]`
    if (this.#chance.percent(3) && !keys.has(name)) return `${this.name(name)}${this.#chance.pick(['.x', '[0]'])}`
    return this.name(name)
  }

  parameters(): Record<string, unknown> {
    return {
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    }
  }
}
