/** The stored summary of one metric's values in one period. */
export interface Aggregate {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** How often each value occurred; absent where only the four numbers are known, as for a statistic set. */
  readonly values?: ReadonlyMap<number, number>
}

/** Up to this many distinct values of a period are stored exactly, further ones to three digits: enough for percentiles. */
const exactValues = 200

/** A mutable aggregate. */
export class Tally implements Aggregate {
  count = 0
  sum = 0
  min = Infinity
  max = -Infinity
  values: Map<number, number> | undefined = new Map()

  add(value: number, count = 1): void {
    this.#widen({ count, sum: value * count, min: value, max: value })
    if (this.values) this.#count(value, count)
  }

  merge(other: Aggregate): void {
    this.#widen(other)
    if (!other.values) this.values = undefined
    else if (this.values) for (const [value, count] of other.values) this.#count(value, count)
  }

  #widen({ count, sum, min, max }: Omit<Aggregate, 'values'>): void {
    this.count += count
    this.sum += sum
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
  }

  #count(value: number, count: number): void {
    const values = this.values!
    const stored = values.size < exactValues || values.has(value) ? value : Number(value.toPrecision(3))
    values.set(stored, (values.get(stored) ?? 0) + count)
  }
}
