import type { AttributeValue, Item } from '@cartwheel/local/testing'
import type { Chance } from './chance.ts'

/** Few values, so that conditions succeed as often as they fail and keys repeat. */
// In canonical form: below the top level DynamoDB Local does not normalize numbers, and DynamoDB does.
const numbers = ['0', '1', '2', '-1', '10', '1.5', '100', '0.001', '123456789012345678901234567890']
const texts = ['', 'a', 'b', 'ab', 'abc', 'A', 'é', '😀', 'zz']
const bytes = ['', 'AA==', 'AQI=', '/w==', 'AQ==']

export const scalars = {
  S: (chance: Chance): AttributeValue => ({ S: chance.pick(texts) }),
  N: (chance: Chance): AttributeValue => ({ N: chance.pick(numbers) }),
  B: (chance: Chance): AttributeValue => ({ B: chance.pick(bytes) }),
  BOOL: (chance: Chance): AttributeValue => ({ BOOL: chance.percent(50) }),
  NULL: (): AttributeValue => ({ NULL: true }),
}

const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)]
const canonicalNumbers = ['0', '1', '2', '-1', '10', '1.5']

export const sets = {
  SS: (chance: Chance): AttributeValue => ({
    SS: distinct(chance.times(1, 3, () => chance.pick(['a', 'b', 'ab', 'x']))),
  }),
  NS: (chance: Chance): AttributeValue => ({ NS: distinct(chance.times(1, 3, () => chance.pick(canonicalNumbers))) }),
  BS: (chance: Chance): AttributeValue => ({ BS: distinct(chance.times(1, 3, () => chance.pick(bytes.slice(1)))) }),
}

export function scalar(chance: Chance): AttributeValue {
  return scalars[chance.pick(['S', 'S', 'N', 'N', 'B', 'BOOL', 'NULL'] as const)](chance)
}

export function anyValue(chance: Chance, depth = 2): AttributeValue {
  if (depth === 0 || chance.percent(50)) return scalar(chance)
  return chance.oneOf<AttributeValue>(
    () => sets.SS(chance),
    () => sets.NS(chance),
    () => sets.BS(chance),
    () => ({ L: chance.times(0, 3, () => anyValue(chance, depth - 1)) }),
    () => ({
      M: Object.fromEntries(chance.some(['x', 'y', 'name'], 60).map((name) => [name, anyValue(chance, depth - 1)])),
    }),
  )
}

/** The usual types of attributes, so that arithmetic, sets and paths often apply. */
const usual: Record<string, (chance: Chance) => AttributeValue> = {
  n: scalars.N,
  s: scalars.S,
  flag: scalars.BOOL,
  l: (chance) => ({ L: chance.times(0, 3, () => anyValue(chance, 1)) }),
  m: (chance) => ({
    M: Object.fromEntries(chance.some(['x', 'y', 'name'], 70).map((name) => [name, anyValue(chance, 1)])),
  }),
  ss: sets.SS,
  ns: sets.NS,
  status: scalars.S,
  gk: (chance) => ({ S: chance.pick(['g', 'h']) }),
  gs: (chance) => ({ N: chance.pick(['1', '2', '3', '-5', '10']) }),
  ls: (chance) => ({ S: chance.pick(['p', 'q', 'r']) }),
}

export const attributeNames = Object.keys(usual)

/** Usually of the attribute's type. */
export const usualValue = (chance: Chance, name: string): AttributeValue => usual[name]!(chance)

export function attributeValue(chance: Chance, name: string): AttributeValue {
  const make = usual[name]
  return make && chance.percent(97) ? make(chance) : anyValue(chance)
}

export function attributes(chance: Chance): Item {
  const names = chance.some(attributeNames, 45)
  return Object.fromEntries(names.map((name) => [name, attributeValue(chance, name)]))
}
