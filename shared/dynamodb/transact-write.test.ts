import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { createTestTable } from '#test/support/table.ts'
import { transactWrite, type TransactItem } from './transact-write.ts'
import { ThrottledError } from '../throttle.ts'

const put = (TableName: string, PK: string, condition = true): TransactItem => ({
  Put: {
    TableName,
    Item: { PK, SK: 'ITEM', value: 'new' },
    ...(condition ? { ConditionExpression: 'attribute_not_exists(PK)' } : {}),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
})

/** A table whose next transaction is cancelled with these reasons, one for each item. */
async function cancelling(...codes: string[]) {
  const table = await createTestTable()
  table.beforeNext('TransactWriteItems', async () => {
    const CancellationReasons = codes.map((Code) => ({ Code }))
    throw new TransactionCanceledException({ message: 'Cancelled', $metadata: {}, CancellationReasons })
  })
  return table
}

test('writes all items, or none and returns the stored items of failed conditions', async () => {
  const table = await createTestTable()
  expect(await transactWrite(table, [put(table.name, 'a')])).toEqual({ kind: 'committed' })
  const outcome = await transactWrite(table, [put(table.name, 'b'), put(table.name, 'a')])
  expect(outcome).toEqual({
    kind: 'condition-failed',
    failed: new Map([[1, { PK: 'a', SK: 'ITEM', value: 'new' }]]),
  })
  expect(await table.items()).toHaveLength(1)
})

test('reports a conflict, unless a condition failed as well', async () => {
  const conflicting = await cancelling('None', 'TransactionConflict')
  expect(await transactWrite(conflicting, [put('t', 'a'), put('t', 'b')])).toEqual({ kind: 'conflict' })
  const both = await cancelling('TransactionConflict', 'ConditionalCheckFailed')
  expect(await transactWrite(both, [put('t', 'a'), put('t', 'b')])).toMatchObject({ kind: 'condition-failed' })
})

test.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('%s is thrown as a ThrottledError', async (code) => {
  const failure: unknown = await transactWrite(await cancelling(code), [put('t', 'a')]).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ThrottledError)
  expect(failure).toHaveProperty('name', 'ThrottlingException')
})

test('throws any other cancellation reason', async () => {
  const table = await cancelling('ValidationError')
  await expect(transactWrite(table, [put('t', 'a')])).rejects.toThrow(TransactionCanceledException)
})

test('a transaction that the SDK repeats after a lost response is committed once', async () => {
  const table = await createTestTable()
  table.loseNextResponse('TransactWriteItems')
  expect(await transactWrite(table, [put(table.name, 'a')])).toEqual({ kind: 'committed' })
})
