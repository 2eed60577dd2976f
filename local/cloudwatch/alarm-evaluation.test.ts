import { evaluateAlarm, type MissingData } from './alarm-evaluation.ts'

/** `0` is a value that does not breach, `X` one that breaches, `-` a missing one; the newest is the last. */
function stateFor(
  range: string,
  missingData: MissingData,
  needs: [evaluationPeriods: number, datapointsToAlarm: number],
) {
  const points = [...range.replaceAll(' ', '')].map((each) => ({ 0: 0, X: 1 })[each])
  const [evaluationPeriods, datapointsToAlarm] = needs
  const condition = { words: 'positive', evaluationPeriods, datapointsToAlarm, missingData }
  return evaluateAlarm(points, { ...condition, breaches: (value) => value > 0 }).state
}

const treatments: MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching']
const all = <T>(value: T) => [value, value, value, value]
const unchanged = undefined

// The two tables of AWS's "Configuring how CloudWatch alarms treat missing data".
test.each([
  ['0 - X - X', all('OK')],
  ['- - - - 0', all('OK')],
  ['- - - - -', ['INSUFFICIENT_DATA', unchanged, 'ALARM', 'OK']],
  ['0 X X - X', all('ALARM')],
  ['- - X - -', ['ALARM', unchanged, 'ALARM', 'OK']],
])('3 of 3: %s', (range, expected) => {
  expect(treatments.map((missingData) => stateFor(range, missingData, [3, 3]))).toEqual(expected)
})

test.each([
  ['0 - X - X', all('ALARM')],
  ['0 0 X 0 X', all('ALARM')],
  ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - X -', ['ALARM', unchanged, 'ALARM', 'OK']],
])('2 of 3: %s', (range, expected) => {
  expect(treatments.map((missingData) => stateFor(range, missingData, [3, 2]))).toEqual(expected)
})

test.each(['- - - - X', '- - - X -'])('a single late breach does not change the state to ALARM: %s', (range) => {
  expect(stateFor(range, 'missing', [3, 3])).toBe('OK')
  expect(stateFor(range, 'notBreaching', [3, 3])).toBe('OK')
})

test('values older than the evaluation periods count only in place of missing ones', () => {
  expect(stateFor('X X 0', 'notBreaching', [1, 1])).toBe('OK')
  expect(stateFor('X - -', 'notBreaching', [1, 1])).toBe('ALARM')
})
