const setTypes = new Set(['SS', 'NS', 'BS'])

/** Sorts object members and set members, so that equal values are equal as JSON. */
export function canonical(value: unknown): any {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      setTypes.has(name) && isTexts(member) ? member.toSorted() : canonical(member),
    ]),
  )
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

/** Values without a guaranteed order, in a canonical order. */
export const unordered = (values: readonly unknown[]): any[] =>
  values
    .map((value) => JSON.stringify(canonical(value)))
    .toSorted()
    .map((text) => JSON.parse(text))

export const same = (a: unknown, b: unknown) => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b))
