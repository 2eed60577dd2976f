import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLibrary } from '../dynamodb/test/library.ts'
import type { LocalLine } from '../system/line.ts'
import { startLocalSystem } from '../system.ts'

/** The library's lending desk, with its table at another endpoint: the embedded engine of another state file. */
const assembly = join(import.meta.dirname, 'library')
const TableName = 'library-shelves-Loans'
const dataDirectory = mkdtempSync(join(tmpdir(), 'library-elsewhere-'))
let other: Awaited<ReturnType<typeof startLibrary>>
let lines: LocalLine[] = []

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
    awsPort: 0,
    dynamodbEndpoint,
    onLine: (line) => lines.push(line),
  })

const announced = () => new Set(lines.flatMap((line) => (line.kind === 'invocation' ? line.functionName : [])))

/** Also the line of the last function is there then: it comes after the invocation, whose write may be read before. */
async function reminded(id: string): Promise<void> {
  for (const untilMs = Date.now() + 120_000; ;) {
    const { Item } = await other.client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))
    if (Item?.['reminded']?.BOOL && announced().has('library-desk-Remind')) return
    if (Date.now() > untilMs)
      throw new Error(`No reminder of ${id}:\n${lines.map((line) => JSON.stringify(line)).join('\n')}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const lend = (id: string, title: string) =>
  other.client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, title: { S: title } } }))

test('a change at the other endpoint runs through stream, bus, rule and queue, also one made while the system was down', async () => {
  let system = await start()
  try {
    expect(system.limitations).toContainEqual(`library-shelves/Loans: its items are kept at ${other.config.endpoint}`)
    await lend('LOAN#1', 'Emma')
    await reminded('LOAN#1')
    await system.stop()
    await lend('LOAN#2', 'Persuasion')
    lines = []
    system = await start()
    await reminded('LOAN#2')
    expect(announced()).toEqual(new Set(['library-desk-Announce', 'library-desk-Remind']))
  } finally {
    await system.stop()
  }
})

test.each([
  ['http://127.0.0.1:1', 'AWS_ENDPOINT_URL_DYNAMODB: The DynamoDB at http://127.0.0.1:1 does not answer ('],
  ['nonsense', 'AWS_ENDPOINT_URL_DYNAMODB must be a URL such as http://127.0.0.1:8000, not nonsense.'],
])('%s is refused at the start', async (endpoint, message) => {
  await expect(start(endpoint)).rejects.toMatchObject({
    name: 'StartError',
    reason: 'no-dynamodb',
    message: expect.stringContaining(message),
  })
})
