import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { root, sources } from './sources.ts'

/** The files of a folder of the local system, without its tests. */
const filesIn = (folder: string) =>
  sources
    .filter((source) => dirname(source) === folder && !source.endsWith('.test.ts'))
    .map((source) => basename(source))

const folders = [...new Set(sources.filter((source) => source.startsWith('local/')).map(dirname))]
const mapOf = (folder: string) => join(root, folder, 'README.md')

test('each folder of the local system with more than ten files has a map', () => {
  const large = folders.filter((folder) => filesIn(folder).length > 10)
  expect(large.length).toBeGreaterThan(2)
  expect(large.filter((folder) => !existsSync(mapOf(folder)))).toEqual([])
})

const maps = globSync('local/*/**/README.md', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name === 'dist',
}).map(dirname)

test.each(maps)('the map of %s has a row for each file, with links', (folder) => {
  const [, table = ''] = /\n\| File +\| Contents +\|\n([^]*?)(?:\n\n|$)/.exec(readFileSync(mapOf(folder), 'utf8')) ?? []
  const linked = [...table.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].filter(([, name, target]) => name === target)
  const names = linked.map(([, name]) => name!).filter((name) => name.endsWith('.ts') && !name.includes('/'))
  expect(names.toSorted()).toEqual(filesIn(folder).toSorted())
})
