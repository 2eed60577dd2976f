/** The names of an account's resources, by their kind. */
export type Inventory = ReadonlyMap<string, readonly string[]>

/** The resources that did not exist before, as `kind name`. */
export function leftovers(before: Inventory, after: Inventory): string[] {
  return [...after].flatMap(([kind, names]) => {
    const known = new Set(before.get(kind))
    return names.filter((name) => !known.has(name)).map((name) => `${kind} ${name}`)
  })
}

export interface Comparison {
  /** Exists as expected. */
  readonly kept: readonly string[]
  /** Exists unexpectedly: it costs money. */
  readonly stray: readonly string[]
  /** Missing unexpectedly: retained data is lost. */
  readonly lost: readonly string[]
}

/** @param left @param expected both as `kind name` */
export function compareLeftovers(left: readonly string[], expected: readonly string[]): Comparison {
  return {
    kept: left.filter((resource) => expected.includes(resource)),
    stray: left.filter((resource) => !expected.includes(resource)),
    lost: expected.filter((resource) => !left.includes(resource)),
  }
}
