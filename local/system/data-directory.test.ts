import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDirectory } from './data-directory.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'data-'))))
afterEach(() => rmSync(root, { recursive: true }))

function store(path: string, value: string): void {
  const data = openDataDirectory(path)
  data.state.define('CREATE TABLE IF NOT EXISTS stored (value TEXT)')
  data.state.run('INSERT INTO stored VALUES (?)', value)
  data.close()
}

test('stored state survives a restart and is deleted by a reset', () => {
  const path = join(root, 'new', 'deep')
  store(path, 'a')
  const reopened = openDataDirectory(path)
  expect(reopened.state.all('SELECT value FROM stored')).toEqual([{ value: 'a' }])
  mkdirSync(reopened.objects)
  reopened.close()
  const wiped = openDataDirectory(path, { reset: true })
  expect(wiped.state.all("SELECT name FROM sqlite_master WHERE name = 'stored'")).toEqual([])
  expect(existsSync(wiped.objects)).toBe(false)
  wiped.close()
})

test('a directory in use cannot be opened again, even with reset', () => {
  const first = openDataDirectory(root)
  for (const reset of [false, true]) {
    expect(() => openDataDirectory(root, { reset })).toThrow(expect.objectContaining({ reason: 'data-in-use' }))
  }
  first.close()
  openDataDirectory(root).close()
})

test('a damaged state file is reported and left unchanged', () => {
  const file = join(root, 'state.sqlite')
  writeFileSync(file, 'This is not a database, but a user may still need it.'.repeat(20))
  expect(() => openDataDirectory(root)).toThrow(expect.objectContaining({ reason: 'data-broken' }))
  expect(readFileSync(file, 'utf8')).toContain('not a database')
  openDataDirectory(root, { reset: true }).close()
})

test('a damaged page of the state file is detected', () => {
  const data = openDataDirectory(root)
  data.state.define('CREATE TABLE stored (value TEXT)')
  for (let row = 0; row < 500; row++) data.state.run('INSERT INTO stored VALUES (?)', 'x'.repeat(100))
  data.close()
  const file = join(root, 'state.sqlite')
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xab, 3 * 4096, 6 * 4096))
  expect(() => openDataDirectory(root)).toThrow(expect.objectContaining({ reason: 'data-broken' }))
})

test('a path that is a file is reported with its name', () => {
  const path = join(root, 'file')
  writeFileSync(path, '')
  expect(() => openDataDirectory(path)).toThrow(expect.objectContaining({ reason: 'data-unusable' }))
  expect(() => openDataDirectory(path)).toThrow(path)
})

test('missing parent folders are created, and a folder that cannot be created is reported', () => {
  openDataDirectory(join(root, 'a', 'b', 'c')).close()
  writeFileSync(join(root, 'file'), '')
  expect(() => openDataDirectory(join(root, 'file', 'b'))).toThrow(expect.objectContaining({ reason: 'data-unusable' }))
  if (process.platform === 'linux') expect(() => openDataDirectory('/proc/nope/deeper')).toThrow(/proc\/nope/)
})

test('a full disk of the objects folder is reported as fatal', () => {
  const failures: string[] = []
  const data = openDataDirectory(root, { onFailure: (message) => failures.push(message) })
  data.objectsFull()
  data.close()
  expect(failures).toEqual([
    expect.stringMatching(/^The disk of the objects in .*objects is full\..* free some space and start again\.$/),
  ])
})
