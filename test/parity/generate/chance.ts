import { seededRandom, type Random } from '#test/support/random.ts'

/** Random choices from a seed. */
export interface Chance extends Random {
  /** True in this percentage of cases. */
  percent(share: number): boolean
  /** Some of the values, in their order. */
  some<Value>(values: readonly Value[], share: number): Value[]
  times<Value>(min: number, max: number, make: (index: number) => Value): Value[]
  /** One of the functions, called. */
  oneOf<Value>(...makers: (() => Value)[]): Value
}

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed)
  const percent = (share: number) => random.int(1, 100) <= share
  return {
    ...random,
    percent,
    some: (values, share) => values.filter(() => percent(share)),
    times: (min, max, make) => Array.from({ length: random.int(min, max) }, (_none, index) => make(index)),
    oneOf: (...makers) => random.pick(makers)(),
  }
}
