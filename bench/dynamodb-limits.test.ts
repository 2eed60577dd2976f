import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { createTestTable } from '#test/support/table.ts'
import { addLimits } from './dynamodb-limits.ts'
import { VirtualTime } from './virtual-time.ts'

async function limited() {
  const time = new VirtualTime()
  const table = await createTestTable()
  const counts = addLimits(table, time, (ms) => ms)
  const put = async (...items: Record<string, string>[]): Promise<string> => {
    const TransactItems = items.map((item) => ({ Put: { TableName: table.name, Item: { SK: 'ITEM', ...item } } }))
    try {
      await table.client.send(new TransactWriteCommand({ TransactItems }))
      return 'committed'
    } catch (error: any) {
      return error.CancellationReasons.map(({ Code }: { Code: string }) => Code).join()
    }
  }
  return { time, put, counts }
}

test('transactions that overlap on an item are rejected, others are not', async () => {
  const { time, put, counts } = await limited()
  const outcomes: string[] = []
  const at = (delayMs: number, PK: string) => async () => {
    await time.sleep(delayMs)
    outcomes.push(`${PK} at ${delayMs}: ${await put({ PK })}`)
  }
  await time.run([at(0, 'a'), at(9, 'a'), at(9, 'b'), at(11, 'a')])
  expect(outcomes).toEqual([
    'a at 0: committed',
    'a at 9: TransactionConflict',
    'b at 9: committed',
    'a at 11: committed',
  ])
  expect(counts).toEqual({ committed: 3, conflicts: 1, stale: 0, throttled: 0 })
})

test('a partition key takes 1,000 write units per second, two for each KB', async () => {
  const { time, put } = await limited()
  const text = 'x'.repeat(300 * 1024)
  const outcomes: string[] = []
  await time.run([
    async () => {
      outcomes.push(await put({ PK: 'a', text }), await put({ PK: 'b', text }), await put({ PK: 'a', text }))
      await time.sleep(1000)
      outcomes.push(await put({ PK: 'a', text }))
    },
  ])
  expect(outcomes).toEqual(['committed', 'committed', 'ThrottlingError', 'committed'])
})

test('an index entry takes a unit of its own partition key', async () => {
  const { time, put } = await limited()
  const entries = Array.from({ length: 1001 }, (_, index) => ({ PK: `p${index}`, GSI1PK: 'same', GSI1SK: 'x' }))
  const outcomes: string[] = []
  await time.run([
    async () => {
      for (let start = 0; start < 1001; start += 100) outcomes.push(await put(...entries.slice(start, start + 100)))
    },
  ])
  expect(outcomes).toEqual([...Array.from({ length: 10 }, () => 'committed'), 'ThrottlingError'])
})
