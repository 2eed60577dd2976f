import type { Chance } from './chance.ts'
import type { ExpressionWriter } from './expression-writer.ts'
import { anyValue, attributeNames, attributeValue, scalar } from './values.ts'

const types = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']

/** A condition or filter. `names` are the attributes that it may use. */
export function condition(chance: Chance, writer: ExpressionWriter, names: readonly string[], depth = 2): string {
  if (depth > 0 && chance.percent(35)) {
    const inner = () => condition(chance, writer, names, depth - 1)
    return chance.oneOf(
      () => `${inner()} AND ${inner()}`,
      () => `${inner()} OR ${inner()}`,
      () => `NOT ${inner()}`,
      () => `(${inner()})`,
      () => `(${inner()} or ${inner()}) and not (${inner()})`,
    )
  }
  const name = chance.pick(names)
  const path = () => writer.path(name)
  const value = () => writer.value(chance.percent(92) ? attributeValue(chance, name) : anyValue(chance, 1))
  const operand = () => chance.oneOf(value, value, value, () => writer.path(chance.pick(names)))
  return chance.oneOf(
    () => `attribute_exists(${path()})`,
    () => `attribute_not_exists(${path()})`,
    () => `attribute_type(${path()}, ${writer.value({ S: chance.percent(97) ? chance.pick(types) : 'X' })})`,
    () =>
      `begins_with(${path()}, ${writer.value(chance.percent(90) ? { S: chance.pick(['', 'a', 'ab']) } : scalar(chance))})`,
    () => `contains(${path()}, ${chance.percent(85) ? writer.value(scalar(chance)) : operand()})`,
    () =>
      `size(${path()}) ${chance.pick(['=', '<', '>=', '<>'])} ${writer.value({ N: chance.pick(['0', '1', '2', '3']) })}`,
    () => `${path()} ${chance.pick(['=', '<>', '<', '<=', '>', '>='])} ${operand()}`,
    () => `${path()} ${chance.pick(['=', '<>', '<', '<=', '>', '>='])} ${operand()}`,
    () => `${path()} BETWEEN ${operand()} AND ${operand()}`,
    () => `${path()} IN (${chance.times(1, 3, operand).join(', ')})`,
  )
}

/** The attributes in the condition of a write: including the key, which shows whether the item exists. */
export const conditionNames = (keyNames: readonly string[]) => [...attributeNames, ...keyNames]
