import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { noPauses } from '#test/support/backoff.ts'
import { createTestTable } from '#test/support/table.ts'
import { batchGet } from './batch-get.ts'
import type { Table } from './table.ts'
import { ThrottledError } from '../throttle.ts'

const keys = (...names: string[]) => names.map((name) => ({ PK: name, SK: 'ITEM' }))
const namesOf = (items: Record<string, unknown>[]) => items.map((item) => item['PK']).toSorted()

async function filled(...names: string[]) {
  const table = await createTestTable()
  for (const key of keys(...names)) await table.put({ ...key, status: 'new', name: key.PK, secret: 's' })
  return table
}

/** Processes only the first key of the first `times` requests, as DynamoDB may do under load. */
function busy(table: Table, times: number): Table {
  let left = times
  const send = async (command: BatchGetCommand) => {
    if (left === 0) return table.client.send(command)
    left -= 1
    const { Keys = [], ...options } = command.input.RequestItems![table.name]!
    const processed = new BatchGetCommand({ RequestItems: { [table.name]: { ...options, Keys: Keys.slice(0, 1) } } })
    const response = await table.client.send(processed)
    return { ...response, UnprocessedKeys: { [table.name]: { Keys: Keys.slice(1) } } }
  }
  return { name: table.name, client: { send } as unknown as Table['client'] }
}

test('returns the items that exist, and sends no request for no keys', async () => {
  const table = await filled('a', 'b')
  expect(namesOf(await batchGet(table, keys('a', 'b', 'c')))).toEqual(['a', 'b'])
  expect(await batchGet(table, [])).toEqual([])
  expect(table.calls('BatchGetItem')).toBe(1)
})

test('reads selected attributes, reserved words included', async () => {
  const table = await filled('a')
  expect(await batchGet(table, keys('a'), { attributes: ['status', 'name'] })).toEqual([
    { PK: 'a', SK: 'ITEM', status: 'new', name: 'a' },
  ])
})

test('retries unprocessed keys', async () => {
  const table = await filled('a', 'b', 'c')
  expect(namesOf(await batchGet(busy(table, 2), keys('a', 'b', 'c'), {}, noPauses(3)))).toEqual(['a', 'b', 'c'])
})

test('throws a ThrottledError when keys stay unprocessed, instead of reporting absent items', async () => {
  const table = await filled('a', 'b', 'c', 'd')
  await expect(batchGet(busy(table, 2), keys('a', 'b', 'c', 'd'), {}, noPauses(2))).rejects.toThrow(ThrottledError)
})
