import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { poolClientConfiguration } from '#services/users/adapters/pool-members.ts'
import { clientConfiguration, sendingClientConfiguration } from '#shared/lambda/client-configuration.ts'
import { imports, root, sources } from './sources.ts'

const services = globSync('services/*/', { cwd: root }).map((folder) => basename(folder))

test('there are no barrel files', () => {
  expect(sources.filter((source) => basename(source) === 'index.ts')).toEqual([])
})

test('files are named in kebab case, after their concept', () => {
  expect(sources.filter((source) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(basename(source)))).toEqual([])
  const junkDrawer = /(^|[/-])(utils?|helpers?|commons?|managers?|misc|constants)(\.|\/|-)/
  expect(sources.filter((source) => junkDrawer.test(source))).toEqual([])
})

test('no file is longer than 400 lines, but for generated types', () => {
  const written = sources.filter((source) => !source.endsWith('.d.ts'))
  const lengths = written.map(
    (source) => [source, readFileSync(join(root, source), 'utf8').split('\n').length] as const,
  )
  expect(lengths.filter(([, lines]) => lines > 400)).toEqual([])
})

test('a service writes events only with outboxOf, which adds what the filter of the stream looks for', () => {
  const writers = sources.filter((source) => /^services\/.*\/adapters\/(?!.*\.test\.ts$)/.test(source))
  const own = /\b(?:eventsAttribute|eventIdAttribute)\b|['"]?\bevents\b['"]?\]?\s*:|\bSET\b[^`'"]*\bevents\b/
  expect(writers.filter((source) => own.test(readFileSync(join(root, source), 'utf8')))).toEqual([])
})

test.each(services)('%s has a README with a title and a text', (service) => {
  const readme = join(root, 'services', service, 'README.md')
  expect(existsSync(readme) && readFileSync(readme, 'utf8')).toMatch(/^# .+\n\n\S/)
})

test('every import of a source file names an existing file in its case', () => {
  const known = new Set(sources)
  const internal = imports.filter(({ to }) => /^(infra|services|shared|local|scripts|test|bench)\/.*\.ts$/.test(to))
  expect(internal.filter(({ to }) => !known.has(to))).toEqual([])
})

test('a command runs after all of its constants are defined', () => {
  const late = /^await run[A-Za-z]*\([^]*?^(?:const|let|class) (\w+)/m
  const commands = sources.filter((source) => /^(scripts|bench)\//.test(source) && !source.endsWith('.test.ts'))
  const found = commands.flatMap((source) => late.exec(readFileSync(join(root, source), 'utf8'))?.[1] ?? [])
  expect(found).toEqual([])
})

test('every AWS client of a function has request timeouts', () => {
  const functions = sources.filter((source) => /^(services|shared)\//.test(source) && !source.endsWith('.test.ts'))
  const created = functions.flatMap((source) =>
    [...readFileSync(join(root, source), 'utf8').matchAll(/new \w+Client\(.*/g)].map(([call]) => `${source}: ${call}`),
  )
  const configurations: Record<string, object> = {
    clientConfiguration,
    poolClientConfiguration,
    sendingClientConfiguration,
  }
  for (const configuration of Object.values(configurations)) {
    expect(configuration).toMatchObject({
      requestHandler: { connectionTimeout: 1000, requestTimeout: expect.any(Number), throwOnRequestTimeout: true },
    })
  }
  const names = Object.keys(configurations).join('|')
  expect(created.filter((call) => !new RegExp(`Client\\((?:${names})\\)`).test(call))).toEqual([])
  expect(created).not.toEqual([])
})

const withheld =
  /\b(?:test|it|describe)(?:\.concurrent)?\.(?:skip|todo|only|failing)\b|\b[fx](?:it|test|describe)\s*[.(]/

test('no test is skipped, a todo, focused or expected to fail', () => {
  const tests = sources.filter((source) => source.endsWith('.test.ts') && !source.startsWith('test/architecture/'))
  expect(tests.filter((source) => withheld.test(readFileSync(join(root, source), 'utf8')))).toEqual([])
})

test.each([
  'test.skip(',
  'it.todo(',
  'describe.only(',
  'test.failing(',
  'xit(',
  'xtest(',
  'xdescribe(',
  'fit(',
  'fdescribe(',
])('%s is found', (call) => expect(withheld.test(`${call}'a title', () => {})`)).toBe(true))

test('only shared/application.ts contains the application’s name', () => {
  const spelled = /cartwheel(?!\/local)/i
  const isComment = (line: string) => /^\s*(\/\/|\/?\*)/.test(line)
  const found = sources
    .filter((source) => !/^(local|test\/architecture)\//.test(source) && source !== 'shared/application.ts')
    .flatMap((source) =>
      readFileSync(join(root, source), 'utf8')
        .replaceAll(/CARTWHEEL_[A-Z]+/g, '')
        .split('\n')
        .filter((line) => spelled.test(line) && !isComment(line))
        .map((line) => `${source}: ${line.trim()}`),
    )
  expect(found).toEqual([])
})

test.each([
  ['the milliseconds of a day', /86_?400_?000|24 \* 60 \* 60 \* 1000/, ['local/clock.ts']],
  ['the names that Lambda gives', /['"`:]\/?aws\/lambda\//, ['shared/lambda/lambda-names.ts']],
])('%s are defined once', (_, pattern, expected) => {
  // The package local/ imports nothing of the rest: it emulates the names that Lambda gives.
  const searched = sources.filter((source) => !/\.(test|contract)\.ts$|^local\/lambda\//.test(source))
  expect(searched.filter((source) => pattern.test(readFileSync(join(root, source), 'utf8')))).toEqual(expected)
})
