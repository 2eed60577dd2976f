/** A seeded generator of pseudo-random numbers, so that a failing case can be repeated. */
export interface Random {
  /** An integer from `min` to `max`, both inclusive. */
  int(min: number, max: number): number
  pick<Value>(values: readonly Value[]): Value
}

/** Mulberry32, with 32 bits of state. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return { int, pick: (values) => values[int(0, values.length - 1)]! }
}
