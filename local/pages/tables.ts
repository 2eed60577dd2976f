import type { AttributeValue, Item } from '../dynamodb/attribute-value.ts'
import type { DynamoDbService } from '../dynamodb/service.ts'
import { isObject, parsedJson } from '../json.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { WireResponse } from '../wire/service.ts'
import { messagePage, page, searchForm, table } from './frame.ts'
import { counted, foldable, html, timelineLinks } from './html.ts'

const pageItems = 50

/** How many items one read examines; a filter reads on until a page is full. */
const scannedItems = 500

export async function tablesPage(tables: DynamoDbService): Promise<WireResponse> {
  const { TableNames } = await tables.execute('ListTables', {})
  const rows = await Promise.all(
    TableNames.map(async (TableName: string) => {
      const { Table } = await tables.execute('DescribeTable', { TableName })
      const link = html`<a href="/tables/${encodeURIComponent(TableName)}">${TableName}</a>`
      return [link, keysOf(Table).join(', '), Table.ItemCount, `${Math.ceil(Table.TableSizeBytes / 1024)} KB`]
    }),
  )
  const body = table(['Table', 'Key', 'Items', 'Size'], rows, 'The templates create no tables.')
  return page({ title: 'Tables', current: '/tables', body })
}

/** Items whose keys begin with the parameters `prefix` and `sort`, after the key in the parameter `after`, in the order of a scan. */
export async function tablePage(tables: DynamoDbService, name: string, query: URLSearchParams): Promise<WireResponse> {
  const definition = await tableNamed(tables, name)
  if (!definition) return messagePage(404, 'Table not found', `There is no table ${name}.`)
  const keys = keysOf(definition)
  const fields = keys.map((key, index) => {
    const parameter = index === 0 ? 'prefix' : 'sort'
    return { key, name: parameter, label: `${key} begins with`, value: query.get(parameter) ?? '' }
  })
  const after = query.get('after')
  const request = { TableName: name, ...filterOf(definition, fields), Limit: scannedItems }
  const { items, next } = await scan(tables, request, startKey(after))
  const more = new URLSearchParams(fields.map((field): [string, string] => [field.name, field.value]))
  if (next) more.set('after', JSON.stringify(Object.fromEntries(keys.map((key) => [key, next[key]]))))
  const empty = fields.some(({ value }) => value) ? 'No items with these keys.' : 'No items.'
  const body = html`${searchForm(fields)}
    <p class="muted" role="status">
      ${after !== null && 'Continued: '}${counted(items.length, 'item')}${next && ', more follow'}
    </p>
    ${items.length === 0 && html`<p class="empty">${empty}</p>`}
    ${items.map(plainItem).map((item) => {
      const summary = keys.map((key) => html`<code>${String(item[key])}</code> `)
      return html`<div class="row">${foldable(summary, item)} ${timelineLinks(JSON.stringify(item))}</div>`
    })}
    ${next && html`<p><a href="?${more}" rel="next">Next page</a></p>`}`
  return page({ title: name, current: '/tables', body })
}

async function tableNamed(tables: DynamoDbService, TableName: string): Promise<any> {
  try {
    return (await tables.execute('DescribeTable', { TableName })).Table
  } catch (error) {
    if (error instanceof AwsError && ['ResourceNotFoundException', 'ValidationException'].includes(error.name)) return
    throw error
  }
}

/** The names of the partition key and the sort key. */
const keysOf = ({ KeySchema }: { KeySchema: { AttributeName: string }[] }): string[] =>
  KeySchema.map(({ AttributeName }) => AttributeName)

/** Numbers have no beginning, so they must be equal. */
function filterOf({ AttributeDefinitions }: any, fields: readonly { key: string; value: string }[]): object {
  const used = fields.filter(({ value }) => value !== '')
  if (used.length === 0) return {}
  const typeOf = (key: string): string =>
    AttributeDefinitions.find((each: { AttributeName: string }) => each.AttributeName === key).AttributeType
  const conditions = used.map(({ key }, index) =>
    typeOf(key) === 'N' ? `#k${index} = :v${index}` : `begins_with(#k${index}, :v${index})`,
  )
  return {
    FilterExpression: conditions.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(used.map(({ key }, index) => [`#k${index}`, key])),
    ExpressionAttributeValues: Object.fromEntries(
      used.map(({ key, value }, index) => [`:v${index}`, { [typeOf(key)]: value }]),
    ),
  }
}

/** @returns at most a page of items, and its last one if others follow */
async function scan(tables: DynamoDbService, request: object, start: Item | undefined) {
  const items: Item[] = []
  let ExclusiveStartKey = start
  do {
    const found = await tables.execute('Scan', { ...request, ExclusiveStartKey })
    items.push(...found.Items)
    ExclusiveStartKey = found.LastEvaluatedKey
  } while (ExclusiveStartKey && items.length <= pageItems)
  return { items: items.slice(0, pageItems), next: items.length > pageItems ? items[pageItems - 1] : undefined }
}

function startKey(after: string | null): Item | undefined {
  if (after === null) return undefined
  const key = parsedJson(after)
  if (!isObject(key)) throw new AwsError('ValidationException', 'The parameter after is not a key.')
  return key as Item
}

/** An item without the types of DynamoDB. */
const plainItem = (item: Item): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]))

function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number.isSafeInteger(Number(value.N)) ? Number(value.N) : value.N
  if (value.L !== undefined) return value.L.map(plain)
  if (value.M !== undefined) return plainItem(value.M)
  return value.NULL ? null : Object.values(value)[0]
}
