import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { createTestTable } from '#test/support/table.ts'
import { conditionalWrite, followsVersion, setFields } from './conditional-write.ts'

const key = { PK: 'LOAN#1', SK: 'LOAN' }

test('returns the stored item when the condition is not satisfied, if the request requires it', async () => {
  const table = await createTestTable()
  const write = (title: string, ReturnValuesOnConditionCheckFailure?: 'ALL_OLD') =>
    conditionalWrite(
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: { ...key, title },
          ConditionExpression: 'attribute_not_exists(PK)',
          ReturnValuesOnConditionCheckFailure,
        }),
      ),
    )
  expect(await write('first')).toMatchObject({ ok: true })
  expect(await write('second')).toEqual({ ok: false, failure: {} })
  expect(await write('second', 'ALL_OLD')).toEqual({ ok: false, failure: { ...key, title: 'first' } })
  expect(await table.items()).toEqual([{ ...key, title: 'first' }])
})

test('throws any other error', async () => {
  await expect(conditionalWrite(Promise.reject(new Error('no such table')))).rejects.toThrow('no such table')
})

test('setFields sets each field, reserved words included, and leaves the others as they are', async () => {
  const table = await createTestTable()
  await table.put({ ...key, title: 'The first', status: 'lent' })
  await table.client.send(
    new UpdateCommand({ TableName: table.name, Key: key, ...setFields({ status: 'returned', name: 'Mira' }) }),
  )
  expect(await table.items()).toEqual([{ ...key, title: 'The first', status: 'returned', name: 'Mira' }])
})

test('setFields removes what is undefined', async () => {
  const table = await createTestTable()
  await table.put({ ...key, title: 'The first', status: 'lent' })
  const fields = setFields({ title: 'The second', status: undefined, name: undefined })
  await table.client.send(new UpdateCommand({ TableName: table.name, Key: key, ...fields }))
  expect(await table.items()).toEqual([{ ...key, title: 'The second' }])
})

test('followsVersion accepts the first version of an absent item, then each next version once', async () => {
  const table = await createTestTable()
  const write = (version: number) =>
    conditionalWrite(
      table.client.send(
        new PutCommand({ TableName: table.name, Item: { ...key, version }, ...followsVersion(version) }),
      ),
    )
  const written: boolean[] = []
  for (const version of [2, 1, 1, 3, 2, 2]) written.push((await write(version)).ok)
  expect(written).toEqual([false, true, false, false, true, false])
})
