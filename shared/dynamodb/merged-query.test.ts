import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { createTestTable } from '#test/support/table.ts'
import { mergedQuery } from './merged-query.ts'
import type { Table } from './table.ts'

/** Items 00 to 19, distributed over three partitions in turn. */
async function dealt() {
  const table = await createTestTable()
  for (let number = 0; number < 20; number += 1) {
    const sortKey = String(number).padStart(2, '0')
    await table.put({ PK: `ITEM#${sortKey}`, SK: 'ITEM', GSI1PK: `SHARD#${number % 3}`, GSI1SK: sortKey })
  }
  return table
}

const partitions = ['SHARD#0', 'SHARD#1', 'SHARD#2']

test.each([
  ['forwards', false],
  ['backwards', true],
])('partitions are read %s as if they were one, page by page', async (_, descending) => {
  const table = await dealt()
  const seen: string[] = []
  for (;;) {
    const page = await mergedQuery(table, { index: 'GSI1', partitions, descending, limit: 6, after: seen.at(-1) })
    expect(page.length).toBeLessThanOrEqual(6)
    seen.push(...page.map(({ sortKey }) => sortKey))
    if (page.length < 6) break
  }
  const forwards = Array.from({ length: 20 }, (__, number) => String(number).padStart(2, '0'))
  expect(seen).toEqual(descending ? forwards.toReversed() : forwards)
})

test('an item that moves to another partition between the queries is returned once', async () => {
  const table = await dealt()
  const send = table.client.send.bind(table.client) as (command: unknown) => Promise<unknown>
  const moved = { PK: 'ITEM#00', SK: 'ITEM', GSI1PK: 'SHARD#2', GSI1SK: '00' }
  let before: Promise<unknown> = Promise.resolve()
  // Each partition is queried after the one before.
  const inTurn = (command: unknown) => {
    const response = before.then(() => send(command))
    before = response.then(() => send(new PutCommand({ TableName: table.name, Item: moved })))
    return response
  }
  const query = { index: 'GSI1', partitions, descending: false, limit: 3 } as const
  const page = await mergedQuery({ ...table, client: { send: inTurn } as unknown as Table['client'] }, query)
  expect(page.map(({ PK }) => PK)).toEqual(['ITEM#00', 'ITEM#01', 'ITEM#02'])
})

test('returns the keys of items in the given partitions only', async () => {
  const table = await dealt()
  const page = await mergedQuery(table, { index: 'GSI1', partitions: ['SHARD#1'], descending: false, limit: 2 })
  expect(page).toEqual([
    { PK: 'ITEM#01', SK: 'ITEM', sortKey: '01' },
    { PK: 'ITEM#04', SK: 'ITEM', sortKey: '04' },
  ])
})
