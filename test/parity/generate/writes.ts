import type { Step } from '../sequence.ts'
import type { Chance } from './chance.ts'
import { condition, conditionNames } from './conditions.ts'
import { ExpressionWriter } from './expression-writer.ts'
import type { ShapedTable } from './tables.ts'
import { updateExpression } from './updates.ts'
import { attributes } from './values.ts'

const call = (operation: string, input: any): Step => ({ kind: 'call', operation, input })

/** The common members of a single write and of an action of a transaction. */
function write(
  chance: Chance,
  table: ShapedTable,
  kind: 'put' | 'update' | 'delete' | 'check',
): Record<string, unknown> {
  const writer = new ExpressionWriter(chance)
  const conditional = kind === 'check' || chance.percent(50)
  return {
    TableName: table.name,
    ...(kind === 'put' ? { Item: { ...attributes(chance), ...table.key(chance) } } : { Key: table.key(chance) }),
    ...(kind === 'update' &&
      chance.percent(97) && { UpdateExpression: updateExpression(chance, writer, table.keyNames) }),
    ...(conditional && { ConditionExpression: condition(chance, writer, conditionNames(table.keyNames)) }),
    ...(chance.percent(50) && { ReturnValuesOnConditionCheckFailure: chance.pick(['ALL_OLD', 'NONE']) }),
    ...writer.parameters(),
  }
}

const returnValues = {
  put: ['NONE', 'ALL_OLD', 'ALL_OLD'],
  delete: ['NONE', 'ALL_OLD', 'ALL_OLD'],
  update: ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'],
}

const operations = { put: 'PutItem', update: 'UpdateItem', delete: 'DeleteItem' } as const

export function singleWrite(chance: Chance, table: ShapedTable): Step {
  const kind = chance.pick(['put', 'put', 'update', 'update', 'update', 'delete'] as const)
  const any = chance.percent(3) ? returnValues.update : returnValues[kind]
  return call(operations[kind], {
    ...write(chance, table, kind),
    ...(chance.percent(80) && { ReturnValues: chance.pick(any) }),
  })
}

const actions = { put: 'Put', update: 'Update', delete: 'Delete', check: 'ConditionCheck' } as const

export function transaction(chance: Chance, tables: readonly ShapedTable[]): Step {
  const seen = new Map<string, string>()
  const items = chance.times(1, 4, () => {
    const table = chance.pick(tables)
    const kind = chance.pick(['put', 'update', 'update', 'delete', 'check'] as const)
    const action = write(chance, table, kind)
    return { table, kind, action: kind === 'update' ? { UpdateExpression: 'REMOVE flag', ...action } : action }
  })
  const distinct = items.filter(({ table, kind, action }) => {
    const source: any = action['Item'] ?? action['Key']
    const place = JSON.stringify([table.name, ...table.keyNames.map((name) => source[name])])
    const before = seen.get(place)
    // Two writes of one item are a separate error; DynamoDB Local accepts a check of a written item.
    const kept = before === undefined || (before !== 'check' && kind !== 'check' && chance.percent(10))
    if (kept) seen.set(place, kind)
    return kept
  })
  const TransactItems = distinct.map(({ kind, action }) => ({ [actions[kind]]: action }))
  return call('TransactWriteItems', { TransactItems })
}

export function batchWrite(chance: Chance, tables: readonly ShapedTable[]): Step {
  const requests = (table: ShapedTable) => {
    const keys = new Map(chance.times(1, 4, () => table.key(chance)).map((key) => [JSON.stringify(key), key]))
    return [...keys.values()].map((key) =>
      chance.percent(65)
        ? { PutRequest: { Item: { ...attributes(chance), ...key } } }
        : { DeleteRequest: { Key: key } },
    )
  }
  const chosen = chance.percent(70) ? [chance.pick(tables)] : tables
  return call('BatchWriteItem', {
    RequestItems: Object.fromEntries(chosen.map((table) => [table.name, requests(table)])),
  })
}
