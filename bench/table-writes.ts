import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quantile, type Measurement } from './table.ts'

const rounds = 10
const perRound = 100

/** Times the operations of the embedded tables of each checkout, in turns in this process; medians in microseconds. */
export async function tableWrites(checkouts: readonly string[]): Promise<Measurement[]> {
  const subjects = await Promise.all(checkouts.map(openTables))
  try {
    // The first round compiles the code and is not measured.
    for (let round = 0; round <= rounds; round += 1) {
      for (const subject of subjects) await measureRound(subject, round)
    }
    return Object.keys(requests(0)).flatMap((name) =>
      subjects.map(({ checkout, times }) => ({
        name: checkouts.length > 1 ? `${name}, ${checkout}` : name,
        value: quantile(times.get(name)!, 0.5) * 1000,
        unit: 'µs',
      })),
    )
  } finally {
    for (const { close } of subjects) close()
  }
}

type Subject = Awaited<ReturnType<typeof openTables>>

async function openTables(checkout: string) {
  const load = (path: string): Promise<any> => import(join(checkout, 'local', path))
  const [{ DynamoDbService }, { State }, { systemClock }, { allowAll }] = await Promise.all(
    ['dynamodb/service.ts', 'state/state.ts', 'clock.ts', 'iam/types.ts'].map(load),
  )
  const folder = mkdtempSync(join(tmpdir(), 'bench-tables-'))
  const state = new State(join(folder, 'state.sqlite'))
  const { wire } = new DynamoDbService({ state, clock: systemClock, access: allowAll })
  const close = () => {
    state.close()
    rmSync(folder, { recursive: true })
  }
  const subject = { checkout, close, operations: wire.operations, times: new Map<string, number[]>() }
  await call(subject, ['CreateTable', tableDefinition])
  return subject
}

async function measureRound(subject: Subject, round: number): Promise<void> {
  for (let count = 0; count < perRound; count += 1) {
    for (const [name, request] of Object.entries(requests(round * perRound + count))) {
      const milliseconds = await call(subject, request)
      if (round > 0) subject.times.set(name, [...(subject.times.get(name) ?? []), milliseconds])
    }
  }
}

/** @returns milliseconds from the text of the request to the response */
async function call({ operations }: Pick<Subject, 'operations'>, [name, input]: readonly [string, object]) {
  const text = JSON.stringify(input)
  const startedAt = performance.now()
  const parsed = JSON.parse(text)
  operations[name].access(parsed)
  await operations[name].handle(parsed, { principal: { kind: 'administrator' }, requestId: 'bench' })
  return performance.now() - startedAt
}

const TableName = 'bench'
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' })
const keys = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
]
const tableDefinition = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['PK', 'SK', 'GSI1PK', 'GSI1SK'].map(attribute),
  KeySchema: keys('PK', 'SK'),
  GlobalSecondaryIndexes: [
    { IndexName: 'GSI1', KeySchema: keys('GSI1PK', 'GSI1SK'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}

/** A transaction like that of an order, and single operations on its items. */
function requests(number: number): Record<string, readonly [string, object]> {
  const customer = `CUSTOMER#${number % 50}`
  const lines = {
    L: Array.from({ length: 20 }, (_, line) => ({ M: { sku: { S: `sku-${line}` }, pieces: { N: '2' } } })),
  }
  const key = (name: string) => ({ PK: { S: `${name}#${number}` }, SK: { S: name } })
  const order = {
    ...key('ORDER'),
    GSI1PK: { S: customer },
    GSI1SK: { S: String(number) },
    status: { S: 'PLACED' },
    lines,
  }
  const put = (Item: object) => ({ Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(PK)' } })
  const update = {
    TableName,
    Key: { PK: { S: customer }, SK: { S: 'COUNTERS' } },
    UpdateExpression: 'SET lastOrderAt = :time, #window = :window ADD orders :one',
    ConditionExpression: 'attribute_not_exists(#window) OR #window.startedAt <= :time',
    ExpressionAttributeNames: { '#window': 'window' },
    ExpressionAttributeValues: {
      ':time': { N: String(number) },
      ':window': { M: { startedAt: { N: String(number) } } },
      ':one': { N: '1' },
    },
  }
  const TransactItems = [
    put({ ...key('REQUEST'), response: lines }),
    { Update: update },
    put({ ...order, events: lines }),
    put({ ...key('EVENT'), detail: lines }),
    put({ ...key('PAYMENT'), amount: { N: '7990' } }),
  ]
  return {
    'transaction of five items': ['TransactWriteItems', { TransactItems, ClientRequestToken: `token-${number}` }],
    'update of an item': ['UpdateItem', update],
    'put of an item': ['PutItem', { TableName, Item: key('NOTE') }],
    'get of an item': ['GetItem', { TableName, Key: key('ORDER'), ConsistentRead: true }],
  }
}
