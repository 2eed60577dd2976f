import { seededRandom } from '#test/support/random.ts'
import { noPauses } from '#test/support/backoff.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { daySeconds } from '#shared/days.ts'
import type { RecordedEvent } from '../domain/recorded-event.ts'
import { batchKey, logPartition } from '../keys.ts'
import type { LogCursor } from '../ports.ts'
import { maxBatchBytes } from './event-batch.ts'
import { logReader, logWriter } from './log-table.ts'

const noon = new Date('2026-11-20T12:00:00.000Z')
const later = (days: number, ms = 0) => new Date(noon.getTime() + days * daySeconds * 1000 + ms)
const start: LogCursor = { position: 0, index: 0 }

const event = (number: number, data: Record<string, unknown> = {}): RecordedEvent => ({
  id: `OrderPlaced/ord_${number}/1`,
  type: 'OrderPlaced',
  source: 'orders.app',
  time: noon.toISOString(),
  data: { orderId: `ord_${number}`, ...data },
  correlationId: `c-${number}`,
  causationId: `r-${number}`,
})
const eventsOf = (...numbers: number[]) => numbers.map((number) => event(number))
const idsOf = (events: readonly RecordedEvent[]) => events.map(({ data }) => Number(String(data['orderId']).slice(4)))

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
})
const writer = () => logWriter(table, noPauses(50))
const append = (...numbers: number[]) => writer().append(eventsOf(...numbers), noon)
const latest = (limit: number, now = noon) => logReader(table).latest(limit, now)
const after = (cursor: LogCursor, limit = 100, now = noon) => logReader(table).after(cursor, limit, now)

test('an empty log has a cursor from which every later event is read', async () => {
  const empty = await latest(10)
  expect(empty).toEqual({ items: [], next: start })
  await append(1, 2)
  expect((await after(empty.next)).items).toEqual(eventsOf(1, 2))
})

test('the latest events are newest first, over several batches, and their cursor leads to the newer ones, oldest first', async () => {
  for (const batch of [[1, 2, 3], [4], [5, 6]]) await append(...batch)
  const page = await latest(4)
  expect(idsOf(page.items)).toEqual([6, 5, 4, 3])
  expect((await after(page.next)).items).toEqual([])
  await append(7, 8)
  const newer = await after(page.next)
  expect(idsOf(newer.items)).toEqual([7, 8])
  expect(await after(newer.next)).toEqual({ items: [], next: newer.next })
})

test('pages of any size contain every event once, in order', async () => {
  for (const batch of [[1, 2, 3], [4], [5, 6, 7, 8], [9]]) await append(...batch)
  for (const limit of [1, 2, 3, 4, 9, 10]) {
    const read: number[] = []
    for (let cursor = start; ;) {
      const page = await after(cursor, limit)
      if (page.items.length === 0) break
      expect(page.items.length).toBeLessThanOrEqual(limit)
      read.push(...idsOf(page.items))
      cursor = page.next
    }
    expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  }
})

test('a batch that is written late is after the events that a reader has seen', async () => {
  await append(1)
  let seen: LogCursor = start
  // Another writer, and the reader, are between this writer's look at the end of the log and its write.
  table.beforeNext('PutItem', async () => {
    await append(2)
    const page = await after(start)
    expect(idsOf(page.items)).toEqual([1, 2])
    seen = page.next
  })
  await append(3)
  expect(idsOf((await after(seen)).items)).toEqual([3])
})

test.each(Array.from({ length: 5 }, (_, seed) => seed))(
  'a reader beside concurrent writers misses no event and gets none twice (seed %d)',
  async (seed) => {
    const random = seededRandom(seed)
    const count = 40
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    const unwritten = [...numbers]
    let writing = true
    const write = async () => {
      while (unwritten.length > 0) await append(...unwritten.splice(0, random.int(1, 4)))
    }
    const read: number[] = []
    const follow = async () => {
      let cursor = start
      for (;;) {
        const wasWriting = writing
        const page = await after(cursor, random.int(1, 5))
        read.push(...idsOf(page.items))
        cursor = page.next
        if (!wasWriting && page.items.length === 0) return
      }
    }
    const writers = Promise.all([write(), write(), write()]).then(() => (writing = false))
    await Promise.all([writers, follow()])
    expect(read.toSorted((a, b) => a - b)).toEqual(numbers)
  },
)

test('writers who begin an empty log at different times lose nothing for a reader', async () => {
  let seen: LogCursor = start
  table.beforeNext('PutItem', async () => {
    await writer().append(eventsOf(2), later(0, 5))
    seen = (await after(start)).next
  })
  await append(1)
  expect(idsOf((await after(seen)).items)).toEqual([1])
})

test('an event that was recorded again is in a page once, at its first place', async () => {
  await append(1, 2)
  await append(2, 3)
  expect(idsOf((await latest(10)).items)).toEqual([3, 2, 1])
  expect(idsOf((await after(start)).items)).toEqual([1, 2, 3])
})

test('an event can be read for seven days, whether or not its item is deleted by then', async () => {
  await append(1)
  const almost = later(7, -1)
  expect(idsOf((await latest(10, almost)).items)).toEqual([1])
  expect((await latest(10, later(7))).items).toEqual([])
  expect((await after(start, 10, later(7))).items).toEqual([])
})

test('after days without events the log continues above every old cursor, although the last batch was deleted first', async () => {
  for (const number of [1, 2, 3]) await append(number)
  const { next } = await latest(10)
  const items = (await table.items()).filter(({ PK }) => PK === logPartition)
  const { PK, SK } = items.toSorted((a, b) => (a.SK < b.SK ? 1 : -1))[0]!
  await table.remove({ PK, SK })
  const week = later(8)
  await writer().append(eventsOf(4), week)
  expect(idsOf((await after(next, 10, week)).items)).toEqual([4])
})

test('a batch of many events is one item, and one that compresses badly is split into several', async () => {
  await append(...Array.from({ length: 300 }, (_, index) => index))
  expect((await table.items()).filter(({ PK }) => PK === logPartition)).toHaveLength(1)
  const random = seededRandom(1)
  const noise = () => Array.from({ length: 30_000 }, () => String.fromCharCode(random.int(33, 126))).join('')
  const large = eventsOf(1001, 1002, 1003, 1004).map((each) => ({ ...each, data: { ...each.data, noise: noise() } }))
  await writer().append(large, noon)
  const items = (await table.items()).filter(({ PK }) => PK === logPartition)
  expect(items.length).toBeGreaterThan(2)
  for (const { batch } of items) expect(batch.length).toBeLessThanOrEqual(maxBatchBytes)
  expect((await latest(4)).items).toEqual(large.toReversed())
})

test('a poll without new events is one query that reads nothing', async () => {
  await append(1, 2)
  const { next } = await latest(10)
  const before = table.calls('Query')
  await after(next)
  expect(table.calls('Query') - before).toBe(1)
})

test('a batch fails when other writers are faster in all attempts', async () => {
  await append(1)
  const occupy = async () => {
    const items = (await table.items()).filter(({ PK }) => PK === logPartition)
    const last = Math.max(...items.map(({ SK }) => Number(SK)))
    await table.put({ ...items[0]!, ...batchKey(last + 1) })
  }
  const impatient = logWriter(table, noPauses(2))
  for (let times = 0; times < 4; times += 1) table.beforeNext('PutItem', times % 2 === 0 ? occupy : async () => {})
  await expect(impatient.append(eventsOf(2), noon)).rejects.toThrow('faster')
})
