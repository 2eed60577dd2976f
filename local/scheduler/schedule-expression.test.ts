import { nextTimeMs } from './service.ts'

const next = (expression: string, afterMs: number, timezone = 'UTC') => nextTimeMs({ expression, timezone }, afterMs)

test.each([
  // 2026-01-01 is a Thursday.
  ['rate(1 minute)', '2026-01-01T00:01:00Z'],
  ['rate(5 hours)', '2026-01-01T05:00:00Z'],
  ['rate(2 days)', '2026-01-03T00:00:00Z'],
  ['cron(15 10 * * ? *)', '2026-01-01T10:15:00Z'],
  ['cron(0 18 ? * MON-FRI *)', '2026-01-01T18:00:00Z'],
  ['cron(0 18 ? * 1 *)', '2026-01-04T18:00:00Z'],
  ['cron(0/10 * ? * 6 *)', '2026-01-02T00:00:00Z'],
  ['cron(5/10 * * * ? *)', '2026-01-01T00:05:00Z'],
  ['cron(0 8 1 2 ? 2027)', '2027-02-01T08:00:00Z'],
  ['cron(0 8 L * ? *)', '2026-01-31T08:00:00Z'],
])('%s is next due at %s', (expression, due) => {
  expect(next(expression, Date.UTC(2026, 0, 1))).toBe(Date.parse(due))
})

test('a time in the past is never due', () => {
  expect(next('cron(0 8 1 1 ? 2020)', Date.UTC(2026, 0, 1))).toBeUndefined()
})

test.each([
  ['cron(0 8 * * ? *)', '2026-01-01T07:00:00Z'],
  ['cron(0 8 1 7 ? *)', '2026-07-01T06:00:00Z'],
])('%s in the time zone Europe/Berlin is next due at %s', (expression, due) => {
  expect(next(expression, Date.UTC(2026, 0, 1), 'Europe/Berlin')).toBe(Date.parse(due))
})

/**
 * "When the time shifts forward in Spring, your schedule invocation gets skipped if the cron expression falls on a non-existent
 * date and time. When the time shifts back in the Fall, your schedule runs only once" (AWS Knowledge Center, "How can I
 * adjust my Amazon EventBridge schedule for daylight saving?").
 */
test.each([
  ['is skipped when that time does not exist', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00Z'],
  ['is due at the first of two such times', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
  ['is not due at the second of two such times', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
])('a schedule at 02:30 in Europe/Berlin %s', (_, after, due) => {
  expect(next('cron(30 2 * * ? *)', Date.parse(after), 'Europe/Berlin')).toBe(Date.parse(due))
})

test('an unknown time zone is rejected', () => {
  expect(() => next('cron(0 8 * * ? *)', 0, 'Mars/Olympus')).toThrow('not valid')
})

test.each([
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(0 minutes)',
  'rate(1 week)',
  'cron(* * * * *)',
  'cron(0 8 * * * *)',
  'cron(0 25 * * ? *)',
  '5m',
  'at(2026-01-01T00:00:00)',
])('%s is rejected', (expression) => {
  expect(() => next(expression, 0)).toThrow('ScheduleExpression is not valid')
})
