import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEvents } from '../events/testing.ts'
import { nextTimeMs } from './due-times.ts'

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
  expect(nextTimeMs(expression, Date.UTC(2026, 0, 1))).toBe(Date.parse(due))
})

test.each(['cron(0 8 1 1 ? 2020)', 'at(2025-12-31T23:59:59)'])('%s in the past is never due', (expression) => {
  expect(nextTimeMs(expression, Date.UTC(2026, 0, 1))).toBeUndefined()
})

test.each([
  ['cron(0 8 * * ? *)', '2026-01-01T07:00:00Z'],
  ['cron(0 8 1 7 ? *)', '2026-07-01T06:00:00Z'],
  ['at(2026-07-01T08:00:00)', '2026-07-01T06:00:00Z'],
])('%s in the time zone Europe/Berlin is next due at %s', (expression, due) => {
  expect(nextTimeMs(expression, Date.UTC(2026, 0, 1), 'Europe/Berlin')).toBe(Date.parse(due))
})

test('an unknown time zone is rejected', () => {
  expect(() => nextTimeMs('cron(0 8 * * ? *)', 0, 'Mars/Olympus')).toThrow('not valid')
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
  'at(2026-01-01)',
  'at(2026-13-01T00:00:00)',
])('%s is rejected', (expression) => {
  expect(() => nextTimeMs(expression, 0)).toThrow('ScheduleExpression is not valid')
})

test('a scheduled rule sends its event to its own targets at every due time', async () => {
  const events = await startEvents()
  const oven = events.queue('oven')
  const schedule = { ScheduleExpression: 'rate(5 minutes)', Targets: [{ Id: 't', Arn: oven }] }
  const created = await events.declare('AWS::Events::Rule', 'R', schedule)
  events.service.start()
  await events.clock.advance(600_000)
  const bodies = (await events.received(oven)).map((message) => JSON.parse(message.body))
  expect(bodies).toMatchObject([
    {
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-01-01T00:05:00Z',
      resources: [created.attributes!['Arn']],
      detail: {},
    },
    { time: '2026-01-01T00:10:00Z' },
  ])
  await events.stop()
})

test('a restart continues the rate, and fires once for all times that were missed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'events-'))
  const stateFile = join(folder, 'state')
  const run = async (fromMs: number, forMs: number) => {
    const events = await startEvents({ stateFile })
    await events.clock.advance(fromMs)
    const oven = events.queue('oven')
    await events.declare('AWS::Events::Rule', 'R', {
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Id: 't', Arn: oven }],
    })
    events.service.start()
    await events.clock.advance(forMs)
    const messages = await events.received(oven)
    for (const message of messages) events.sqs.delete(oven, message.receiptHandle)
    await events.stop()
    return messages.map((message) => JSON.parse(message.body).time)
  }
  try {
    expect(await run(0, 240_000)).toEqual([])
    expect(await run(240_000, 60_000)).toEqual(['2026-01-01T00:05:00Z'])
    expect(await run(1_800_000, 0)).toEqual(['2026-01-01T00:30:00Z'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
