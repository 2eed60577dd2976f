import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { Readable } from 'node:stream'
import { createDocumentClient } from './table.ts'

const canceled = (...codes: string[]) => ({
  __type: 'TransactionCanceledException',
  CancellationReasons: codes.map((Code) => ({ Code })),
})
const item = { TableName: 't', Item: { PK: 'a' } }
const put = new PutCommand(item)
const transaction = new TransactWriteCommand({ TransactItems: [{ Put: item }, { Put: item }] })

/** A client whose first request fails with this error. @returns how many requests it sends for the command, and the error */
async function attempt(command: PutCommand | TransactWriteCommand, error: object) {
  let requests = 0
  const raw = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      async handle() {
        requests += 1
        const body = Readable.from([Buffer.from(JSON.stringify(requests === 1 ? error : {}))])
        return { response: { statusCode: requests === 1 ? 400 : 200, headers: {}, body } }
      },
    },
  })
  const client = createDocumentClient(raw)
  const outcome = await client.send(command as PutCommand).then(
    () => 'written',
    (failure: Error) => failure.name,
  )
  return { requests, outcome }
}

test.each([
  [put, { __type: 'TransactionConflictException' }],
  [transaction, canceled('None', 'ThrottlingError')],
  [transaction, canceled('ProvisionedThroughputExceeded', 'None')],
])('a write that a throttle or another write rejected is sent again: %#', async (command, error) => {
  expect(await attempt(command, error)).toEqual({ requests: 2, outcome: 'written' })
})

test.each([
  [canceled('None', 'TransactionConflict')],
  [canceled('ThrottlingError', 'ConditionalCheckFailed')],
  [canceled('ThrottlingError', 'TransactionConflict')],
])('a transaction whose caller must read again is not: %j', async (error) => {
  expect(await attempt(transaction, error)).toEqual({ requests: 1, outcome: 'TransactionCanceledException' })
})
