import { CreateTableCommand, DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, paginateScan, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { AccessRequest } from '@cartwheel/local/iam'
import { createTables, inProcessHandler, type Tables } from '@cartwheel/local/testing'
import { itemsIn } from '#scripts/lib/pages.ts'
import { createDocumentClient } from '#shared/dynamodb/table.ts'

export type Item = Record<string, any> & { PK: string; SK: string }

export type TestTable = Awaited<ReturnType<typeof createTestTable>>

/** The table on the embedded DynamoDB engine, in memory. */
export async function createTestTable() {
  const tables = await createTables()
  const accessRequests: AccessRequest[] = []
  const requests = new Map<string, any[]>()
  const interruptions = new Map<string, (() => Promise<void>)[]>()

  const interrupt = (operation: string, action: () => Promise<void>) => {
    interruptions.set(operation, [...(interruptions.get(operation) ?? []), action])
  }

  const raw = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // The engine checks no signatures, and making them takes a good part of the time of a call.
    signer: { sign: async (request) => request },
    requestHandler: inProcessHandler(recording(tables, accessRequests)),
  })
  raw.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (request) => {
        const operation = commandName.replace(/Command$/, '')
        requests.set(operation, [...(requests.get(operation) ?? []), request.input])
        await interruptions.get(operation)?.shift()?.()
        // Yields to the event loop, as a network request would, so that concurrent callers overlap.
        await new Promise((resolve) => setImmediate(resolve))
        return next(request)
      },
    { step: 'build' },
  )
  const losses: string[] = []
  raw.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (request) => {
        const response = await next(request)
        const index = losses.indexOf(commandName.replace(/Command$/, ''))
        if (index === -1) return response
        losses.splice(index, 1)
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' })
      },
    // Within the SDK's retries.
    { step: 'finalizeRequest', priority: 'low' },
  )
  await raw.send(new CreateTableCommand(tableDefinition))
  const client = createDocumentClient(raw)
  return {
    client,
    name: TableName,
    /** All items, in no particular order. */
    items: () => itemsIn(paginateScan({ client }, { TableName }), ({ Items }) => Items as Item[]),
    put: async (Item: Item) => void (await client.send(new PutCommand({ TableName, Item }))),
    remove: async (Key: Pick<Item, 'PK' | 'SK'>) => void (await client.send(new DeleteCommand({ TableName, Key }))),
    /** Makes the next calls of an operation fail with a transaction conflict. */
    conflictNext(operation: 'TransactWriteItems', times: number): void {
      for (let count = 0; count < times; count += 1) {
        interrupt(operation, async () => {
          throw transactionConflict()
        })
      }
    },
    /** Runs `meanwhile` once, before the next call of an operation takes effect. */
    beforeNext: interrupt,
    /** The next call of an operation takes effect, but its response is lost, so that the SDK repeats the request. */
    loseNextResponse: (operation: string) => void losses.push(operation),
    calls: (operation: string) => requests.get(operation)?.length ?? 0,
    /** The requests of an operation, oldest first. */
    requests: (operation: string) => requests.get(operation) ?? [],
    /** What IAM would decide on, of all calls, oldest first. */
    accessRequests: (): readonly AccessRequest[] => accessRequests,
  }
}

/** Adds the access requests of each call to a list. */
function recording({ wire }: Tables, list: AccessRequest[]): Pick<Tables, 'wire'> {
  const operations = Object.entries(wire.operations).map(([name, operation]): [string, typeof operation] => [
    name,
    {
      ...operation,
      handle(input, call) {
        list.push(...operation.access(input))
        return operation.handle(input, call)
      },
    },
  ])
  return { wire: { ...wire, operations: Object.fromEntries(operations) } }
}

/** The error of AWS, and of the engine for transactions that overlap. */
const transactionConflict = () =>
  new TransactionCanceledException({
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]',
    $metadata: {},
    CancellationReasons: [{ Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }],
  })

const index = (name: string) => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: `${name}PK`, KeyType: 'HASH' as const },
    { AttributeName: `${name}SK`, KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
})

const TableName = 'test-table'

const tableDefinition = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: ['PK', 'SK', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  })),
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' as const },
    { AttributeName: 'SK', KeyType: 'RANGE' as const },
  ],
  GlobalSecondaryIndexes: [index('GSI1'), index('GSI2')],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
}
