import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atOnce, suites, type Suite } from './suites.ts'

const root = join(import.meta.dirname, '../..')

test('all suites together have a budget of ten minutes', () => {
  const secondsOf = (some: readonly Suite[]) => some.reduce((sum, { budgetSeconds }) => sum + budgetSeconds[0], 0)
  const [first, others] = [suites.filter((suite) => suite.first), suites.filter((suite) => !suite.first)]
  expect(secondsOf(first) / atOnce.first + secondsOf(others) / atOnce.others).toBeLessThanOrEqual(600)
})

test('CONTRIBUTING.md lists all suites', () => {
  const [, listed = ''] = /runs one suite: (.+?) *\|/.exec(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')) ?? []
  expect(listed.split(', ')).toEqual(suites.map(({ name }) => `\`${name}\``))
})

test('every test file belongs to one suite', () => {
  const paths = suites.flatMap(({ runs }) => ('paths' in runs ? runs.paths : []))
  const files = globSync('**/*.test.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'cdk.out',
  })
  expect(files).toContain('scripts/lib/suites.test.ts')
  expect(files.filter((file) => paths.filter((path) => file.startsWith(path)).length !== 1)).toEqual([])
})
