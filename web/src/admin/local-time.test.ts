import { formatLocalTime, fromLocalTime, toLocalTime } from './local-time.ts'

const dublin = 'Europe/Dublin'

test.each([
  ['2026-01-15T09:30', '2026-01-15T09:30:00.000Z'],
  ['2026-07-15T09:30', '2026-07-15T08:30:00.000Z'],
  // The last minute of winter time, and the first hour of summer time.
  ['2026-03-29T00:59', '2026-03-29T00:59:00.000Z'],
  ['2026-03-29T02:00', '2026-03-29T01:00:00.000Z'],
])('%s in Dublin is %s, and back', (local, instant) => {
  expect(fromLocalTime(local, dublin)).toBe(instant)
  expect(toLocalTime(instant, dublin)).toBe(local)
})

test('a time that the clock shows twice is the first of both, a skipped one is later', () => {
  expect(fromLocalTime('2026-10-25T01:30', dublin)).toBe('2026-10-25T00:30:00.000Z')
  expect(fromLocalTime('2026-03-29T01:30', dublin)).toBe('2026-03-29T01:30:00.000Z')
})

test('other time zones, also with half hours', () => {
  expect(fromLocalTime('2026-07-15T09:30', 'America/New_York')).toBe('2026-07-15T13:30:00.000Z')
  expect(fromLocalTime('2026-07-15T09:30', 'Asia/Kolkata')).toBe('2026-07-15T04:00:00.000Z')
  expect(formatLocalTime('2026-07-15T04:00:00.000Z', 'Asia/Kolkata')).toBe('15 Jul 2026, 09:30')
})
