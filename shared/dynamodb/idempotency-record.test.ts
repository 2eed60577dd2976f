import { createTestTable } from '#test/support/table.ts'
import type { IdempotentRequest } from '../idempotency.ts'
import { findStoredResponse, idempotencyRecord, storedResponse } from './idempotency-record.ts'
import { transactWrite } from './transact-write.ts'

const noon = new Date('2026-11-20T12:00:00.000Z')
const daysLater = (days: number, seconds = 0) => new Date(noon.getTime() + (days * 24 * 60 * 60 + seconds) * 1000)
const lend: IdempotentRequest = { userId: 'ada', operation: 'lendBook', key: 'k', fingerprint: 'first' }
const response = { status: 201, headers: { location: '/loans/1' }, body: { loanId: '1', lines: [{ copies: 2 }] } }

async function storeAt(time: Date, request = lend) {
  const table = await createTestTable()
  const write = (at: Date, of = request) => transactWrite(table, [idempotencyRecord(table.name, of, response, at)])
  expect(await write(time)).toEqual({ kind: 'committed' })
  return { table, write }
}

test('stores status, headers and body of a response, and finds them by user, route and key', async () => {
  const { table } = await storeAt(noon)
  expect(await findStoredResponse(table, lend, noon)).toEqual({ ...response, fingerprint: 'first' })
  for (const other of [{ userId: 'bob' }, { operation: 'returnBook' }, { key: 'l' }]) {
    expect(await findStoredResponse(table, { ...lend, ...other }, noon)).toBeUndefined()
  }
  expect(table.requests('GetItem').every(({ ConsistentRead }) => ConsistentRead)).toBe(true)
})

test('a used key fails the transaction with the stored response, for any new request', async () => {
  const { write } = await storeAt(noon)
  const outcome = await write(noon, { ...lend, fingerprint: 'second' })
  if (outcome.kind !== 'condition-failed') throw new Error('The key was stored twice.')
  expect(storedResponse(outcome.failed.get(0))).toEqual({ ...response, fingerprint: 'first' })
})

test('a key expires after seven days, even if its item is not deleted yet', async () => {
  const { table, write } = await storeAt(noon)
  expect(await findStoredResponse(table, lend, daysLater(7, -1))).toBeDefined()
  expect(await write(daysLater(7, -1))).toMatchObject({ kind: 'condition-failed' })
  expect(await findStoredResponse(table, lend, daysLater(7))).toBeUndefined()
  expect(await write(daysLater(7))).toEqual({ kind: 'committed' })
})
