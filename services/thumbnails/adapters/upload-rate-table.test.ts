import { createTestTable } from '#test/support/table.ts'
import { uploadRateTable } from './upload-rate-table.ts'

const noon = new Date('2026-11-20T12:00:00.000Z')
const secondsLater = (seconds: number) => new Date(noon.getTime() + seconds * 1000)
const limited = (retryAfterSeconds: number) => ({ ok: false, failure: { retryAfterSeconds } })

test('uploads of a user are counted up to the limit of each minute', async () => {
  const table = await createTestTable()
  const count = (time: Date, userId = 'ada') => uploadRateTable(table).count(userId, time, 2)
  for (const seconds of [0, 10]) expect(await count(secondsLater(seconds))).toMatchObject({ ok: true })
  expect(await count(secondsLater(20))).toEqual(limited(40))
  expect(await count(secondsLater(20), 'bob')).toMatchObject({ ok: true })
  expect(await count(secondsLater(60))).toMatchObject({ ok: true })
})

test('the first upload of a minute takes one write and no read', async () => {
  const table = await createTestTable()
  for (const seconds of [0, 60, 3600]) await uploadRateTable(table).count('ada', secondsLater(seconds), 2)
  expect([table.calls('UpdateItem'), table.calls('GetItem')]).toEqual([3, 0])
})

test('concurrent uploads do not exceed the limit', async () => {
  const table = await createTestTable()
  const rates = uploadRateTable(table)
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => rates.count('ada', noon, 5)))
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5)
})

test('the window is deleted after an hour', async () => {
  const table = await createTestTable()
  await uploadRateTable(table).count('ada', noon, 2)
  expect(await table.items()).toEqual([
    {
      PK: 'UPLOADRATE#ada',
      SK: 'UPLOADRATE',
      rate: { minute: '2026-11-20T12:00', requests: 1 },
      expiresAt: noon.getTime() / 1000 + 3600,
    },
  ])
})
