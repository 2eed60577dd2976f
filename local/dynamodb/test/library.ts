import { DynamoDB, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { ManualClock } from '../../clock.ts'
import { State } from '../../state/state.ts'
import { TestEndpoint } from '../../wire/testing.ts'
import { DynamoDbService } from '../service.ts'

/** A library's loans: a table with a sort key, sparse global indexes by borrower, and a local index by due date. */
export const loansTable: CreateTableCommandInput = {
  TableName: 'loans',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'PK', AttributeType: 'S' },
    { AttributeName: 'SK', AttributeType: 'S' },
    { AttributeName: 'borrower', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' },
    { AttributeName: 'SK', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byBorrower',
      KeySchema: [
        { AttributeName: 'borrower', KeyType: 'HASH' },
        { AttributeName: 'due', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'borrowersOnly',
      KeySchema: [{ AttributeName: 'borrower', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'borrowersWithTitle',
      KeySchema: [{ AttributeName: 'borrower', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'byDue',
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' },
        { AttributeName: 'due', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}

export function makeService(options: { location?: string; clock?: ManualClock } = {}) {
  const clock = options.clock ?? new ManualClock()
  const state = new State(options.location ?? ':memory:')
  const service = new DynamoDbService({ state, clock })
  return { clock, state, service }
}

/** A service with {@link loansTable} and some items. `execute` uses that table unless a request names another. */
export async function withLoans(...items: object[]) {
  const made = makeService()
  await made.service.execute('CreateTable', loansTable)
  const execute = (operation: string, input: object) =>
    made.service.execute(operation, { TableName: 'loans', ...input })
  for (const Item of items) await execute('PutItem', { Item })
  return { ...made, execute }
}

/** Starts a service with {@link loansTable} behind an HTTP endpoint, with clients of the AWS SDK. */
export async function startLibrary() {
  const { state, clock, service } = await withLoans()
  const endpoint = new TestEndpoint({ state, clock })
  endpoint.server.addJsonService(service.wire)
  endpoint.server.addJsonService(service.streamsWire)
  await endpoint.listen()
  const client = endpoint.client(DynamoDB)
  const documents = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } })
  return { state, clock, service, endpoint: endpoint.url(), client, documents, stop: () => endpoint.stop() }
}

/** The error that an operation rejects with. */
export async function refusal(work: Promise<unknown>): Promise<any> {
  return work.then(
    (response) => {
      throw new Error(`Expected an error, got ${JSON.stringify(response)}`)
    },
    (error: unknown) => error,
  )
}
