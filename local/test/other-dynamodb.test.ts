import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLibrary } from '../dynamodb/test/library.ts'
import { startLocalSystem } from '../system.ts'
import { RecordedLines } from './recorded-lines.ts'

/** The library app, with its table in a second embedded engine that has its own state and endpoint. */
const assembly = join(import.meta.dirname, 'library')
const TableName = 'library-shelves-Loans'
const dataDirectory = mkdtempSync(join(tmpdir(), 'library-other-'))
let other: Awaited<ReturnType<typeof startLibrary>>
let lines = new RecordedLines()

beforeAll(async () => {
  other = await startLibrary()
})

afterAll(async () => {
  await other.stop()
  rmSync(dataDirectory, { recursive: true, force: true })
})

const start = (dynamodbEndpoint = other.config.endpoint) =>
  startLocalSystem({
    assembly,
    dataDirectory,
    apiPort: 0,
    webPort: 0,
    awsPort: 0,
    dynamodbEndpoint,
    onLine: (line) => lines.record(line),
  })

/** Waits for the reminder in the table, and for the line of the invocation that wrote it. */
const reminded = (id: string) =>
  lines.until(async () => {
    const { Item } = await other.client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))
    return Item?.['reminded']?.BOOL === true && lines.functions().includes('library-desk-Remind')
  })

const lend = (id: string, title: string) =>
  other.client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, title: { S: title } } }))

test('a change at the other endpoint passes through stream, bus, rule and queue, even if made while the system was down', async () => {
  let system = await start()
  try {
    expect(system.limitations).toContainEqual(`library-shelves/Loans: its items are stored at ${other.config.endpoint}`)
    await lend('LOAN#1', 'Emma')
    await reminded('LOAN#1')
    await system.stop()
    await lend('LOAN#2', 'Persuasion')
    lines = new RecordedLines()
    system = await start()
    await reminded('LOAN#2')
    expect(lines.functions()).toEqual(['library-desk-Announce', 'library-desk-Remind'])
  } finally {
    await system.stop()
  }
})

test.each([
  ['http://127.0.0.1:1', 'AWS_ENDPOINT_URL_DYNAMODB: The DynamoDB at http://127.0.0.1:1 does not respond ('],
  ['nonsense', 'AWS_ENDPOINT_URL_DYNAMODB must be a URL such as http://127.0.0.1:8000, not nonsense.'],
])('the endpoint %s is rejected at start', async (endpoint, message) => {
  await expect(start(endpoint)).rejects.toMatchObject({
    name: 'StartError',
    reason: 'no-dynamodb',
    message: expect.stringContaining(message),
  })
})
