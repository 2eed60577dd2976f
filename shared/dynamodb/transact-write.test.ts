import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { createTestTable } from '#test/support/table.ts'
import { transactWrite, type TransactItem } from './transact-write.ts'
import { ThrottledError } from './throttled-error.ts'

const put = (TableName: string, PK: string, condition = true): TransactItem => ({
  Put: {
    TableName,
    Item: { PK, SK: 'ITEM', value: 'new' },
    ...(condition ? { ConditionExpression: 'attribute_not_exists(PK)' } : {}),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
})

/** A table whose next transaction is cancelled for these reasons, one for each item. */
async function cancelling(...codes: string[]) {
  const table = await createTestTable()
  table.beforeNext('TransactWriteItems', async () => {
    const CancellationReasons = codes.map((Code) => ({ Code }))
    throw new TransactionCanceledException({ message: 'Cancelled', $metadata: {}, CancellationReasons })
  })
  return table
}

test('all items are written, or none and the failed ones are told as they stand', async () => {
  const table = await createTestTable()
  expect(await transactWrite(table, [put(table.name, 'a')])).toEqual({ ok: true })
  const outcome = await transactWrite(table, [put(table.name, 'b'), put(table.name, 'a')])
  expect(outcome).toEqual({
    ok: false,
    reason: 'condition-failed',
    failed: new Map([[1, { PK: 'a', SK: 'ITEM', value: 'new' }]]),
  })
  expect(await table.items()).toHaveLength(1)
})

test('a conflict is told as one, and a failed condition beside it is what counts', async () => {
  const conflicting = await cancelling('None', 'TransactionConflict')
  expect(await transactWrite(conflicting, [put('t', 'a'), put('t', 'b')])).toEqual({ ok: false, reason: 'conflict' })
  const both = await cancelling('TransactionConflict', 'ConditionalCheckFailed')
  expect(await transactWrite(both, [put('t', 'a'), put('t', 'b')])).toMatchObject({ reason: 'condition-failed' })
})

test('a throttle within a transaction carries AWS’s name for it', async () => {
  const failure: unknown = await transactWrite(await cancelling('ThrottlingError'), [put('t', 'a')]).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(ThrottledError)
  expect(failure).toHaveProperty('name', 'ThrottlingException')
})

test('any other reason is a bug and comes out', async () => {
  const table = await cancelling('ValidationError')
  await expect(transactWrite(table, [put('t', 'a')])).rejects.toThrow(TransactionCanceledException)
})
