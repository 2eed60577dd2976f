import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { imports, root, sources } from './sources.ts'

const services = globSync('services/*/', { cwd: root }).map((folder) => basename(folder))

test('there are no barrel files', () => {
  expect(sources.filter((source) => basename(source) === 'index.ts')).toEqual([])
})

test('files are named in kebab case, by what they are about', () => {
  expect(sources.filter((source) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(basename(source)))).toEqual([])
  const junkDrawer = /(^|[/-])(utils?|helpers?|commons?|managers?|misc|constants)(\.|\/|-)/
  expect(sources.filter((source) => junkDrawer.test(source))).toEqual([])
})

test('files fit their purpose: none is longer than 400 lines', () => {
  const lengths = sources.map(
    (source) => [source, readFileSync(join(root, source), 'utf8').split('\n').length] as const,
  )
  expect(lengths.filter(([, lines]) => lines > 400)).toEqual([])
})

test.each(services)('%s says in a README what it is for', (service) => {
  const readme = join(root, 'services', service, 'README.md')
  expect(existsSync(readme)).toBe(true)
  expect(readFileSync(readme, 'utf8').split('\n').length).toBeGreaterThan(5)
})

test('every import of ours names a file that is there, in its case', () => {
  const known = new Set(sources)
  const ours = imports.filter(({ to }) => /^(infra|services|shared|local|scripts|test|bench)\/.*\.ts$/.test(to))
  expect(ours.filter(({ to }) => !known.has(to))).toEqual([])
})

test('a script that runs as it is read keeps no constant below, which would not be there yet', () => {
  const late = /^await run[A-Za-z]*\([^]*?^(?:const|let|class) (\w+)/m
  const commands = sources.filter((source) => /^(scripts|bench)\//.test(source) && !source.endsWith('.test.ts'))
  const found = commands.flatMap((source) => late.exec(readFileSync(join(root, source), 'utf8'))?.[1] ?? [])
  expect(commands.length).toBeGreaterThan(50)
  expect(found).toEqual([])
})

test('no test is skipped, left for later or alone', () => {
  const marks = /\b(?:test|it|describe)\.(?:skip|todo|only)\b|\bx(?:it|describe|test)\(/
  const tests = sources.filter((source) => source.endsWith('.test.ts') && !source.startsWith('test/architecture/'))
  expect(tests.filter((source) => marks.test(readFileSync(join(root, source), 'utf8')))).toEqual([])
})
