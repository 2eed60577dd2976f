import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suites, waitingAtOnce, type Suite } from './suites.ts'

const root = join(import.meta.dirname, '../..')

test('all suites together have a budget of ten minutes', () => {
  const secondsOf = (pace: Suite['pace']) =>
    suites.filter((suite) => suite.pace === pace).reduce((sum, suite) => sum + suite.budgetSeconds[0], 0)
  const atOnce = Math.max(secondsOf('computes'), secondsOf('waits') / waitingAtOnce)
  expect(secondsOf('first') + atOnce).toBeLessThanOrEqual(600)
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
