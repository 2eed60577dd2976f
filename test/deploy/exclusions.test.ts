import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exclusions } from './exclusions.ts'
import { patternWithout } from './end-to-end.ts'

const root = join(import.meta.dirname, '../..')
const target = join(import.meta.dirname, 'target')

const contains = ({ file, test }: { file: string; test: string }) =>
  existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8').includes(test)

test('each excluded test is in the end-to-end suite and covered by another test', () => {
  expect(exclusions.filter((exclusion) => !exclusion.file.startsWith('test/e2e/') || !contains(exclusion))).toEqual([])
  expect(exclusions.filter(({ coveredBy }) => !contains(coveredBy))).toEqual([])
})

test('every module of the target says what MiniStack is missing, and what it does instead', () => {
  const modules = globSync('*.{py,mjs}', { cwd: target, exclude: ['launch.py', 'list_resources.py'] })
  expect(
    modules.filter((file) => !/Missing: .+[^]+Instead: .+/.test(readFileSync(join(target, file), 'utf8'))),
  ).toEqual([])
})

test('the pattern excludes the named tests and no others, with any characters in their names', () => {
  const pattern = new RegExp(patternWithout(['costs $5 (or more)', 'a.b']))
  expect(patternWithout(['two words'])).not.toContain(' ')
  expect(pattern.test('a group costs $5 (or more)')).toBe(false)
  expect(pattern.test('a.b')).toBe(false)
  expect(pattern.test('axb')).toBe(true)
  expect(pattern.test('costs $5 (or more) or less')).toBe(true)
})

test('every package of the target is pinned to one version', () => {
  const lines = readFileSync(join(target, 'requirements.txt'), 'utf8').split('\n')
  const pins = lines.filter((line) => line !== '' && !line.startsWith('#'))
  expect(pins.filter((pin) => /^ministack==\d/.test(pin))).toHaveLength(1)
  expect(pins.filter((pin) => !/^[\w-]+==\d[\w.]*( ; python_version < "3\.11")?$/.test(pin))).toEqual([])
})
