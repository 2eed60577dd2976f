import { judge, type MissingData } from './judgement.ts'

/** `0` is a good value, `X` one that breaches, `-` none; the newest is the last. */
function judged(
  range: string,
  missingData: MissingData,
  needs: [evaluationPeriods: number, datapointsToAlarm: number],
) {
  const points = [...range.replaceAll(' ', '')].map((each) => ({ 0: 0, X: 1 })[each])
  const [evaluationPeriods, datapointsToAlarm] = needs
  return judge(points, { breaches: (value) => value > 0, evaluationPeriods, datapointsToAlarm, missingData }).state
}

const treatments: MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching']
const all = <T>(value: T) => [value, value, value, value]
const kept = undefined

// The two tables of AWS's "Configuring how CloudWatch alarms treat missing data".
test.each([
  ['0 - X - X', all('OK')],
  ['- - - - 0', all('OK')],
  ['- - - - -', ['INSUFFICIENT_DATA', kept, 'ALARM', 'OK']],
  ['0 X X - X', all('ALARM')],
  ['- - X - -', ['ALARM', kept, 'ALARM', 'OK']],
])('3 of 3: %s', (range, expected) => {
  expect(treatments.map((missingData) => judged(range, missingData, [3, 3]))).toEqual(expected)
})

test.each([
  ['0 - X - X', all('ALARM')],
  ['0 0 X 0 X', all('ALARM')],
  ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - X -', ['ALARM', kept, 'ALARM', 'OK']],
])('2 of 3: %s', (range, expected) => {
  expect(treatments.map((missingData) => judged(range, missingData, [3, 2]))).toEqual(expected)
})

test.each(['- - - - X', '- - - X -'])('a late breach alone does not alarm: %s', (range) => {
  expect(judged(range, 'missing', [3, 3])).toBe('OK')
  expect(judged(range, 'notBreaching', [3, 3])).toBe('OK')
})

test('what is older than the evaluation periods counts only for missing values', () => {
  expect(judged('X X 0', 'notBreaching', [1, 1])).toBe('OK')
  expect(judged('X - -', 'notBreaching', [1, 1])).toBe('ALARM')
})
