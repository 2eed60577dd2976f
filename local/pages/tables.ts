import type { AttributeValue, Item } from '../dynamodb/attribute-value.ts'
import type { DynamoDbService } from '../dynamodb/service.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { WireResponse } from '../wire/service.ts'
import { foldable, timelineLinks } from './content.ts'
import { messagePage, page, searchForm, table } from './frame.ts'
import { counted, html } from './html.ts'

const pageItems = 50

/** How many items one read examines; a filter reads on until a page is full. */
const scannedItems = 500

interface KeyAttribute {
  readonly name: string
  readonly type: 'S' | 'N' | 'B'
}

export async function tablesPage(tables: DynamoDbService): Promise<WireResponse> {
  const { TableNames } = await call(tables, 'ListTables', {})
  const rows = await Promise.all(
    TableNames.map(async (name: string) => {
      const { Table } = await call(tables, 'DescribeTable', { TableName: name })
      const keys = keysOf(Table).map((key) => key.name)
      const link = html`<a href="/tables/${encodeURIComponent(name)}">${name}</a>`
      return [link, keys.join(', '), Table.ItemCount, `${Math.ceil(Table.TableSizeBytes / 1024)} KB`]
    }),
  )
  const columns = ['Table', 'Key', 'Items', 'Size']
  const body = html`<h1>Tables</h1>
    ${table(columns, rows, 'The templates create no tables.')}`
  return page({ title: 'Tables', current: '/tables', body })
}

/** Items whose keys begin with the parameters `prefix` and `sort`, after the key in the parameter `after`, in the order of a scan. */
export async function tablePage(tables: DynamoDbService, name: string, query: URLSearchParams): Promise<WireResponse> {
  const definition = await tableNamed(tables, name)
  if (!definition) return messagePage(404, 'Table not found', `There is no table ${name}.`)
  const [partitionKey, sortKey] = keysOf(definition) as [KeyAttribute, KeyAttribute?]
  const prefix = query.get('prefix') ?? ''
  const sort = sortKey ? (query.get('sort') ?? '') : ''
  const after = query.get('after')
  const filter = filterOf([
    [partitionKey, prefix],
    [sortKey, sort],
  ])
  const { items, next } = await scan(tables, { TableName: name, ...filter }, startKey(after))
  const more =
    next && `?${new URLSearchParams({ prefix, sort, after: JSON.stringify(keyOf(next, [partitionKey, sortKey])) })}`
  const fields = [
    { name: 'prefix', label: `${partitionKey.name} begins with`, value: prefix },
    ...(sortKey ? [{ name: 'sort', label: `${sortKey.name} begins with`, value: sort }] : []),
  ]
  const body = html`<p class="up"><a href="/tables">Tables</a></p>
    <h1>${name}</h1>
    ${searchForm(fields)}
    <p class="muted" role="status">
      ${after === null ? '' : 'Continued: '}${counted(items.length, 'item')}${more ? ', more follow' : ''}
    </p>
    ${items.length === 0 && html`<p class="empty">No items${prefix || sort ? ' with these keys' : ''}.</p>`}
    ${items.map((item) => {
      const shown = plainItem(item)
      const keys = [partitionKey, sortKey].flatMap((key) =>
        key ? [html`<code>${String(shown[key.name])}</code> `] : [],
      )
      return html`<div class="row">${foldable(keys, shown)} ${timelineLinks(JSON.stringify(shown))}</div>`
    })}
    ${more && html`<p><a href="${more}" rel="next">Next page</a></p>`}`
  return page({ title: name, current: '/tables', body })
}

async function tableNamed(tables: DynamoDbService, name: string): Promise<any> {
  try {
    return (await call(tables, 'DescribeTable', { TableName: name })).Table
  } catch (error) {
    if (error instanceof AwsError && ['ResourceNotFoundException', 'ValidationException'].includes(error.name)) return
    throw error
  }
}

/** Partition key, then sort key. */
const keysOf = ({ KeySchema, AttributeDefinitions }: any): KeyAttribute[] =>
  KeySchema.map(({ AttributeName: name }: { AttributeName: string }) => ({
    name,
    type: AttributeDefinitions.find((each: { AttributeName: string }) => each.AttributeName === name).AttributeType,
  }))

/** Numbers have no beginning, so they must be equal. */
function filterOf(wanted: readonly [KeyAttribute | undefined, string][]): object {
  const used = wanted.flatMap(([key, value]) => (key && value !== '' ? [{ ...key, value }] : []))
  if (used.length === 0) return {}
  const conditions = used.map(({ type }, index) =>
    type === 'N' ? `#k${index} = :v${index}` : `begins_with(#k${index}, :v${index})`,
  )
  return {
    FilterExpression: conditions.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(used.map(({ name }, index) => [`#k${index}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      used.map(({ type, value }, index) => [`:v${index}`, { [type]: value }]),
    ),
  }
}

/** @returns at most a page of items, and its last one if others follow */
async function scan(
  tables: DynamoDbService,
  request: object,
  start: Item | undefined,
): Promise<{ items: Item[]; next?: Item }> {
  const items: Item[] = []
  let ExclusiveStartKey = start
  do {
    const input = { ...request, Limit: scannedItems, ...(ExclusiveStartKey && { ExclusiveStartKey }) }
    const found = await call(tables, 'Scan', input)
    items.push(...found.Items)
    ExclusiveStartKey = found.LastEvaluatedKey
  } while (ExclusiveStartKey && items.length <= pageItems)
  if (items.length <= pageItems) return { items }
  const shown = items.slice(0, pageItems)
  return { items: shown, next: shown.at(-1)! }
}

const keyOf = (item: Item, keys: readonly (KeyAttribute | undefined)[]): Item =>
  Object.fromEntries(keys.flatMap((key) => (key ? [[key.name, item[key.name]!]] : [])))

function startKey(after: string | null): Item | undefined {
  try {
    return after === null ? undefined : JSON.parse(after)
  } catch {
    throw new AwsError('ValidationException', 'The parameter after is not a key.')
  }
}

/** Calls an operation as the administrator. */
const call = async (tables: DynamoDbService, operation: string, input: object): Promise<any> =>
  tables.wire.operations[operation]!.handle(input, { principal: { kind: 'administrator' }, requestId: 'page' })

/** An item without the types of DynamoDB. */
const plainItem = (item: Item): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]))

function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number.isSafeInteger(Number(value.N)) ? Number(value.N) : value.N
  if (value.L !== undefined) return value.L.map(plain)
  if (value.M !== undefined) return plainItem(value.M)
  if (value.NULL) return null
  return Object.values(value)[0]
}
