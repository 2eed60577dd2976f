import { checkPeriod, progressPercent, replayName } from './replay-plan.ts'

const at = (time: string) => new Date(`2026-11-21T${time}Z`)
const period = { from: at('10:00:00'), to: at('12:00:00') }
const now = at('13:00:00')

test('a period within the retention of the archive is accepted', () => {
  checkPeriod(period, { retentionDays: 30 }, now)
  checkPeriod({ ...period, from: new Date(0) }, { retentionDays: 0 }, now)
})

test.each([
  ['ends before it begins', { from: period.to, to: period.from }, '--from must be before --to'],
  ['is empty', { from: period.from, to: period.from }, '--from must be before --to'],
  ['is in the future', { ...period, to: at('13:00:01') }, 'it is 2026-11-21T13:00:00.000Z now'],
  [
    'has expired',
    { ...period, from: new Date('2026-10-22T12:59:59Z') },
    '--from must be 2026-10-22T13:00:00.000Z or later',
  ],
])('a period that %s is rejected', (_name, wrong, message) => {
  expect(() => checkPeriod(wrong, { retentionDays: 30 }, now)).toThrow(message)
})

test('equal requests have the same name in any order of their rules, and different requests have different names', () => {
  const name = replayName(period, ['rule-a', 'rule-b'], 1)
  expect(name).toMatch(/^[.\-_A-Za-z0-9]{1,64}$/)
  expect(replayName(period, ['rule-b', 'rule-a'], 1)).toBe(name)
  const others = [
    replayName(period, ['rule-a'], 1),
    replayName(period, [], 1),
    replayName(period, ['rule-a', 'rule-b'], 2),
    replayName({ ...period, to: at('12:00:00.001') }, ['rule-a', 'rule-b'], 1),
  ]
  expect(new Set([name, ...others]).size).toBe(5)
  expect(replayName(period, [], 1000).length).toBeLessThanOrEqual(64)
})

test.each([
  [undefined, 0],
  [at('09:00:00'), 0],
  [at('10:30:00'), 25],
  [at('11:59:59'), 99],
  [at('12:00:00'), 100],
])('progress at an event of %p is %d %%', (last, percent) => expect(progressPercent(period, last)).toBe(percent))
