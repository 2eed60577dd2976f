import { createTestTable } from '#test/support/table.ts'
import { itemReader } from './item-reader.ts'
import type { Table } from './table.ts'

const key = (name: string) => ({ PK: name, SK: 'ITEM' })

async function filled(...names: string[]) {
  const table = await createTestTable()
  for (const name of names) await table.put({ ...key(name), status: 'new', secret: 's' })
  return table
}

test('reads that begin at the same moment are one request', async () => {
  const table = await filled('a', 'b')
  const read = itemReader(table)
  const found = await Promise.all(['b', 'absent', 'a', 'b'].map((name) => read(key(name))))
  expect(found.map((item) => item?.['PK'])).toEqual(['b', undefined, 'a', 'b'])
  expect(table.calls('BatchGetItem')).toBe(1)
  await read(key('a'))
  expect(table.calls('BatchGetItem')).toBe(2)
})

test('what continues after a common response is read together again', async () => {
  const table = await filled('a', 'b')
  const read = itemReader(table)
  await Promise.all(['a', 'b'].map(async (name) => read(key(String((await read(key(name)))!['PK'])))))
  expect(table.calls('BatchGetItem')).toBe(2)
})

test('more keys than a request accepts take several', async () => {
  const table = await filled('k7', 'k104')
  const read = itemReader(table)
  const found = await Promise.all(Array.from({ length: 105 }, (_, index) => read(key(`k${index}`))))
  expect(found.flatMap((item) => (item ? [item['PK']] : []))).toEqual(['k7', 'k104'])
  expect(table.calls('BatchGetItem')).toBe(2)
})

test('only the given attributes are read, besides the key', async () => {
  const table = await filled('a')
  expect(await itemReader(table, { attributes: ['status'] })(key('a'))).toEqual({ ...key('a'), status: 'new' })
  expect(await itemReader(table, { attributes: [] })(key('a'))).toEqual(key('a'))
})

test('a failure rejects every read of the request, and only those', async () => {
  const table = await filled('a')
  let broken = true
  const send: Table['client']['send'] = (command: never) => {
    if (broken) return Promise.reject(new Error('no connection'))
    return table.client.send(command)
  }
  const read = itemReader({ name: table.name, client: { send } as Table['client'] })
  const outcomes = await Promise.allSettled([read(key('a')), read(key('b'))])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  broken = false
  expect(await read(key('a'))).toMatchObject(key('a'))
})
