import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDirectory } from './data-directory.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'data-'))))
afterEach(() => rmSync(root, { recursive: true }))

function keep(path: string, value: string): void {
  const data = openDataDirectory(path)
  data.state.define('CREATE TABLE IF NOT EXISTS kept (value TEXT)')
  data.state.run('INSERT INTO kept VALUES (?)', value)
  data.close()
}

test('what is kept survives, until a reset', () => {
  const path = join(root, 'new', 'deep')
  keep(path, 'a')
  const again = openDataDirectory(path)
  expect(again.state.all('SELECT value FROM kept')).toEqual([{ value: 'a' }])
  mkdirSync(again.objects)
  again.close()
  const anew = openDataDirectory(path, { reset: true })
  expect(anew.state.all("SELECT name FROM sqlite_master WHERE name = 'kept'")).toEqual([])
  expect(existsSync(anew.objects)).toBe(false)
  anew.close()
})

test('one at a time, also where the second would reset', () => {
  const first = openDataDirectory(root)
  for (const reset of [false, true]) {
    expect(() => openDataDirectory(root, { reset })).toThrow(expect.objectContaining({ reason: 'data-in-use' }))
  }
  first.close()
  openDataDirectory(root).close()
})

test('a damaged state file is told and kept', () => {
  const file = join(root, 'state.sqlite')
  writeFileSync(file, 'This is no database, but somebody may still need it.'.repeat(20))
  expect(() => openDataDirectory(root)).toThrow(expect.objectContaining({ reason: 'data-broken' }))
  expect(readFileSync(file, 'utf8')).toContain('no database')
  openDataDirectory(root, { reset: true }).close()
})

test('a damaged page is found', () => {
  const data = openDataDirectory(root)
  data.state.define('CREATE TABLE kept (value TEXT)')
  for (let row = 0; row < 500; row++) data.state.run('INSERT INTO kept VALUES (?)', 'x'.repeat(100))
  data.close()
  const file = join(root, 'state.sqlite')
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xab, 3 * 4096, 6 * 4096))
  expect(() => openDataDirectory(root)).toThrow(expect.objectContaining({ reason: 'data-broken' }))
})

test('a path that is a file is told in one line', () => {
  const path = join(root, 'file')
  writeFileSync(path, '')
  expect(() => openDataDirectory(path)).toThrow(expect.objectContaining({ reason: 'data-unusable' }))
  expect(() => openDataDirectory(path)).toThrow(path)
})

test('folders are made as deep as need be, and where none can be made that is told', () => {
  openDataDirectory(join(root, 'a', 'b', 'c')).close()
  writeFileSync(join(root, 'file'), '')
  expect(() => openDataDirectory(join(root, 'file', 'b'))).toThrow(expect.objectContaining({ reason: 'data-unusable' }))
  if (process.platform === 'linux') expect(() => openDataDirectory('/proc/nope/deeper')).toThrow(/proc\/nope/)
})

test('objects without room are told like a full state file', () => {
  const told: string[] = []
  const data = openDataDirectory(root, { onFailure: (sentence) => told.push(sentence) })
  data.objectsFull()
  data.close()
  expect(told).toEqual([
    expect.stringMatching(/^The disk of objects in .*objects is full\..* make room and start again\.$/),
  ])
})
