import { newId } from '#shared/ids.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { uploadRateTable } from '../adapters/upload-rate-table.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { createUploadHandler } from './uploads.ts'

capturedLogs()

const noon = new Date('2026-11-20T12:00:00.000Z')

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
})

const create = (customer = 'ada', at = noon) => {
  const handler = createUploadHandler({
    uploads: uploadTable(table),
    rates: uploadRateTable(table),
    uploadsPerMinute: 2,
    forms: { sign: async () => ({ url: 'https://uploads.example.com', fields: {} }) },
    newUploadId: (time) => newId('upl', time),
    now: () => at,
  })
  const body = { purpose: 'avatar', contentType: 'image/png' }
  return callApi(handler, { method: 'POST', path: '/uploads', body, customer })
}

test("a customer's upload beyond their own limit is a 429 with Retry-After, and stores nothing", async () => {
  for (const _ of [1, 2]) expect((await create()).status).toBe(201)
  const stored = (await table.items()).length
  const { status, headers, body } = await create('ada', new Date(noon.getTime() + 15_000))
  expect([status, headers['retry-after'], body.code]).toEqual([429, '45', 'rate-limited'])
  expect(await table.items()).toHaveLength(stored)
  expect((await create('bob')).status).toBe(201)
  expect((await create('ada', new Date(noon.getTime() + 60_000))).status).toBe(201)
})

test.each(['TransactionConflictException', 'ReplicatedWriteConflictException'])(
  '%s of a write without a transaction is a 503 with Retry-After',
  async (name) => {
    table.beforeNext('PutItem', async () => {
      throw Object.assign(new Error('Transaction is ongoing for the item'), { name })
    })
    const { status, headers } = await create()
    expect([status, headers['retry-after']]).toEqual([503, '1'])
  },
)

test('a write that the SDK repeats after a lost response is a 201, and stores one upload', async () => {
  table.loseNextResponse('PutItem')
  const { status, body } = await create()
  expect(status).toBe(201)
  const stored = (await table.items()).filter(({ PK }) => PK.startsWith('UPLOAD#'))
  expect(stored).toMatchObject([{ uploadId: body.uploadId, status: 'PENDING' }])
})
