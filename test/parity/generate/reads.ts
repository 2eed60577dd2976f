import type { Step } from '../sequence.ts'
import type { Chance } from './chance.ts'
import { condition } from './conditions.ts'
import { ExpressionWriter } from './expression-writer.ts'
import type { ShapedTable, Source } from './tables.ts'
import { attributeNames, attributeValue, scalar } from './values.ts'

const call = (operation: string, input: any): Step => ({ kind: 'call', operation, input })

const projection = (chance: Chance, writer: ExpressionWriter, names: readonly string[]) =>
  [...new Set(chance.some(names, 30).map((name) => writer.path(name)))].join(', ')

function projected(chance: Chance, table: ShapedTable): Record<string, unknown> {
  if (!chance.percent(35)) return {}
  const writer = new ExpressionWriter(chance)
  const ProjectionExpression = projection(chance, writer, [...attributeNames, ...table.keyNames])
  return ProjectionExpression === '' ? {} : { ProjectionExpression, ...writer.parameters() }
}

export const get = (chance: Chance, table: ShapedTable): Step =>
  call('GetItem', {
    TableName: table.name,
    Key: table.key(chance),
    ...(chance.percent(50) && { ConsistentRead: true }),
    ...projected(chance, table),
  })

export const transactGet = (chance: Chance, tables: readonly ShapedTable[]): Step =>
  call('TransactGetItems', {
    TransactItems: chance.times(1, 4, () => {
      const table = chance.pick(tables)
      return { Get: { TableName: table.name, Key: table.key(chance), ...projected(chance, table) } }
    }),
  })

export function batchGet(chance: Chance, tables: readonly ShapedTable[]): Step {
  const chosen = chance.percent(60) ? [chance.pick(tables)] : tables
  const keysOf = (table: ShapedTable) => {
    const keys = chance.times(1, 4, () => table.key(chance))
    const distinct = new Map(keys.map((key) => [JSON.stringify(key), key]))
    return chance.percent(95) ? [...distinct.values()] : keys
  }
  const entries = chosen.map((table) => [table.name, { Keys: keysOf(table), ...projected(chance, table) }])
  return call('BatchGetItem', { RequestItems: Object.fromEntries(entries) })
}

/** The key of a query: from the table's pool, or from the index's attributes. */
const keyValue = (chance: Chance, table: ShapedTable, name: string) =>
  table.keyNames.includes(name) ? table.key(chance)[name]! : attributeValue(chance, name)

function keyCondition(chance: Chance, writer: ExpressionWriter, table: ShapedTable, source: Source): string {
  const partition = `${writer.name(source.partition)} = ${writer.value(keyValue(chance, table, source.partition))}`
  const sort = source.sort
  if (sort === undefined || chance.percent(45)) return partition
  const value = () => writer.value(chance.percent(97) ? keyValue(chance, table, sort) : scalar(chance))
  const name = () => writer.name(sort)
  return `${partition} AND ${chance.oneOf(
    () => `${name()} ${chance.pick(['=', '<', '<=', '>', '>='])} ${value()}`,
    () => `${name()} BETWEEN ${value()} AND ${value()}`,
    () => `begins_with(${name()}, ${value()})`,
  )}`
}

export function query(chance: Chance, table: ShapedTable): Step {
  const source = chance.pick(table.sources)
  const writer = new ExpressionWriter(chance)
  const keys = [...table.keyNames, source.partition, ...(source.sort === undefined ? [] : [source.sort])]
  const filterNames = chance.percent(97) ? attributeNames.filter((name) => !keys.includes(name)) : keys
  const input = {
    TableName: table.name,
    ...(source.index !== undefined && { IndexName: source.index }),
    KeyConditionExpression: keyCondition(chance, writer, table, source),
    ...(chance.percent(30) && { FilterExpression: condition(chance, writer, filterNames, 1) }),
    ...page(chance, writer, source, keys),
    ...(chance.percent(50) && { ScanIndexForward: chance.percent(30) }),
  }
  return { kind: 'pages', operation: 'Query', input: { ...input, ...writer.parameters() } }
}

export function scan(chance: Chance, table: ShapedTable): Step {
  const source = chance.pick(table.sources)
  const writer = new ExpressionWriter(chance)
  // DynamoDB Local filters the scan of a partial index as if it had all attributes.
  const filtered = (source.kind === 'table' || source.index === 'byGroup') && chance.percent(50)
  const input = {
    TableName: table.name,
    ...(source.index !== undefined && { IndexName: source.index }),
    ...(filtered && { FilterExpression: condition(chance, writer, attributeNames, 1) }),
    ...page(chance, writer, source, table.keyNames),
  }
  return { kind: 'pages', operation: 'Scan', input: { ...input, ...writer.parameters() } }
}

/** The common members of Query and Scan. */
function page(chance: Chance, writer: ExpressionWriter, source: Source, keys: readonly string[]) {
  const ProjectionExpression = chance.percent(15) ? projection(chance, writer, [...attributeNames, ...keys]) : ''
  const select = () => chance.pick(['COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES'])
  return {
    ...(ProjectionExpression !== '' && { ProjectionExpression }),
    ...(ProjectionExpression === '' && chance.percent(15) && { Select: select() }),
    ...(chance.percent(60) && { Limit: chance.int(1, 4) }),
    ...(chance.percent(source.kind === 'global' ? 3 : 30) && { ConsistentRead: true }),
  }
}
