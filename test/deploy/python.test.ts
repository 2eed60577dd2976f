import { isNewEnough, parsePythonVersion } from './python.ts'

test.each([
  ['Python 3.11.7\n', [3, 11]],
  ['Python 3.9.18', [3, 9]],
  ['Python 3.14.0rc2', [3, 14]],
  ['', undefined],
  ['python: command not found', undefined],
])('%j', (text, version) => expect(parsePythonVersion(text)).toEqual(version))

test('Python 3.10 and newer versions are new enough', () => {
  expect(
    (
      [
        [3, 10],
        [3, 14],
        [4, 0],
      ] as const
    ).every(isNewEnough),
  ).toBe(true)
  expect(
    (
      [
        [3, 9],
        [2, 7],
        [3, 2],
      ] as const
    ).some(isNewEnough),
  ).toBe(false)
})
