import type { Chance } from './chance.ts'
import type { ExpressionWriter } from './expression-writer.ts'
import { anyValue, attributeNames, attributeValue, scalars, sets, usualValue } from './values.ts'

/** An update expression with one to three clauses, sometimes an invalid one. */
export function updateExpression(chance: Chance, writer: ExpressionWriter, keyNames: readonly string[]): string {
  // Usually each attribute once, since overlapping paths are a separate error.
  const free = [...attributeNames]
  const take = () => {
    if (chance.percent(3)) return chance.pick(attributeNames)
    if (chance.percent(2)) return chance.pick(keyNames)
    return free.splice(chance.int(0, free.length - 1), 1)[0]!
  }
  const clauses = {
    SET: () => `SET ${chance.times(1, 3, () => setAction(chance, writer, take())).join(', ')}`,
    REMOVE: () => `REMOVE ${chance.times(1, 2, () => writer.path(take())).join(', ')}`,
    ADD: () => `ADD ${chance.times(1, 2, () => addAction(chance, writer)).join(', ')}`,
    DELETE: () => `DELETE ${deleteAction(chance, writer)}`,
  }
  const chosen = chance.percent(65)
    ? [chance.pick(['SET', 'SET', 'REMOVE', 'ADD', 'DELETE'] as const)]
    : chance.some(['SET', 'REMOVE', 'ADD', 'DELETE'] as const, 50)
  return (chosen.length > 0 ? chosen : (['SET'] as const)).map((clause) => clauses[clause]()).join(' ')
}

const indexKeys = ['gk', 'gs', 'ls']
const plainNames = attributeNames.filter((name) => !indexKeys.includes(name))

function setAction(chance: Chance, writer: ExpressionWriter, name: string): string {
  const target = writer.path(name)
  const value = () => writer.value(attributeValue(chance, name))
  const number = () => writer.value(chance.percent(95) ? scalars.N(chance) : anyValue(chance, 0))
  // DynamoDB Local accepts some other types for the keys of indexes in an update, which DynamoDB rejects.
  if (indexKeys.includes(name)) return `${writer.name(name)} = ${writer.value(usualValue(chance, name))}`
  const list = () => writer.value({ L: chance.times(0, 2, () => anyValue(chance, 0)) })
  return `${target} = ${chance.oneOf(
    value,
    value,
    () => writer.path(chance.pick(attributeNames)),
    () => `${writer.path('n')} ${chance.pick(['+', '-'])} ${number()}`,
    () => `if_not_exists(${writer.path('n')}, ${number()}) ${chance.pick(['+', '-'])} ${number()}`,
    () => `if_not_exists(${writer.path(chance.pick(attributeNames))}, ${value()})`,
    () => `list_append(${writer.path('l')}, ${list()})`,
    () => `list_append(if_not_exists(${writer.path('l')}, ${list()}), ${list()})`,
    () => `${number()} ${chance.pick(['+', '-'])} ${number()}`,
  )}`
}

function addAction(chance: Chance, writer: ExpressionWriter): string {
  return chance.oneOf(
    () => `${writer.path('n')} ${writer.value(scalars.N(chance))}`,
    () => `${writer.path('ss')} ${writer.value(sets.SS(chance))}`,
    () => `${writer.path('ns')} ${writer.value(sets.NS(chance))}`,
    () => `${writer.path('m')} ${writer.value(scalars.N(chance))}`,
    () => `${writer.path(chance.pick(plainNames))} ${writer.value(anyValue(chance, 1))}`,
  )
}

function deleteAction(chance: Chance, writer: ExpressionWriter): string {
  return chance.oneOf(
    () => `${writer.path('ss')} ${writer.value(sets.SS(chance))}`,
    () => `${writer.path('ns')} ${writer.value(sets.NS(chance))}`,
    () =>
      `${writer.path(chance.pick(attributeNames))} ${writer.value(chance.percent(70) ? sets.SS(chance) : anyValue(chance, 1))}`,
  )
}
