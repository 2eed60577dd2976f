import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../test/folders.ts'
import { openDataDirectory } from './data-directory.ts'
import { makeDataDirectory } from './data-version.ts'

let root: string
beforeEach(() => (root = newFolder()))

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
  reopened.close()
  const wiped = openDataDirectory(path, { reset: true })
  expect(wiped.state.all("SELECT name FROM sqlite_master WHERE name = 'stored'")).toEqual([])
  wiped.close()
})

test('only the user can read the folder and its state, also if an earlier version let others', () => {
  const path = join(root, 'data')
  const modes = () => [path, join(path, 'state.sqlite')].map((each) => (statSync(each).mode & 0o777).toString(8))
  store(path, 'a')
  expect(modes()).toEqual(['700', '600'])
  chmodSync(path, 0o755)
  chmodSync(join(path, 'state.sqlite'), 0o644)
  store(path, 'b')
  expect(modes()).toEqual(['700', '600'])
})

test('a directory that its process closes soon is waited for', async () => {
  const module = JSON.stringify(join(import.meta.dirname, 'data-directory.ts'))
  const script = `import { openDataDirectory } from ${module}; const data = openDataDirectory(${JSON.stringify(root)})
data.announceClose(); console.log('closing'); setTimeout(() => data.close(), 300)`
  const other = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(other.stdout, 'data')
  const data = openDataDirectory(root)
  expect(readdirSync(root)).not.toContain('closing')
  expect(() => openDataDirectory(root)).toThrow(expect.objectContaining({ reason: 'data-in-use' }))
  data.close()
})

test('a directory that was deleted while it was open can be closed', () => {
  const path = join(root, 'data')
  const data = openDataDirectory(path)
  rmSync(path, { recursive: true })
  data.announceClose()
  data.close()
  expect(readdirSync(root)).toEqual([])
})

test('a directory in use cannot be opened again, even with reset', () => {
  const first = openDataDirectory(root)
  for (const reset of [false, true]) {
    expect(() => openDataDirectory(root, { reset })).toThrow(expect.objectContaining({ reason: 'data-in-use' }))
  }
  first.close()
  openDataDirectory(root).close()
})

test('a folder with files of the user is rejected and left unchanged, even with reset', () => {
  mkdirSync(join(root, 'objects', '4b'), { recursive: true })
  writeFileSync(join(root, 'objects', '4b', 'blob'), 'precious')
  const before = readdirSync(root, { recursive: true })
  for (const reset of [false, true]) {
    expect(() => openDataDirectory(root, { reset })).toThrow(expect.objectContaining({ reason: 'data-foreign' }))
  }
  expect(readdirSync(root, { recursive: true })).toEqual(before)
})

test('a reset deletes only files that the local system created', () => {
  store(root, 'a')
  const own = readdirSync(root)
  const files = ['notes.txt', join('objects', '4b', 'blob')]
  mkdirSync(join(root, 'objects', '4b'), { recursive: true })
  for (const file of files) writeFileSync(join(root, file), 'precious')
  openDataDirectory(root, { reset: true }).close()
  for (const file of files) expect(readFileSync(join(root, file), 'utf8')).toBe('precious')
  expect(readdirSync(root).toSorted()).toEqual([...own, 'notes.txt', 'objects'].toSorted())
})

test('data of another version is rejected until a reset, and a folder without data is not', () => {
  makeDataDirectory(root, 1)
  openDataDirectory(root, { version: 2 }).close()
  openDataDirectory(root, { version: 2 }).close()
  expect(() => openDataDirectory(root, { version: 3 })).toThrow(expect.objectContaining({ reason: 'data-version' }))
  openDataDirectory(root, { version: 3, reset: true }).close()
  openDataDirectory(root, { version: 3 }).close()
})

test('an abandoned directory leaves nothing that was not there before', () => {
  openDataDirectory(join(root, 'new', 'deep')).abandon()
  expect(readdirSync(root)).toEqual([])
  openDataDirectory(root).abandon()
  expect(readdirSync(root)).toEqual([])
  store(root, 'a')
  openDataDirectory(root).abandon()
  expect(readdirSync(root)).toContain('state.sqlite')
})

test('a folder with files does not become a data directory', () => {
  writeFileSync(join(root, 'file'), '')
  makeDataDirectory(root, 1)
  expect(readdirSync(root)).toEqual(['file'])
})

test('a damaged state file is reported and left unchanged', () => {
  makeDataDirectory(root, 1)
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

test.each(['file', 'file/below'])('the path %s, where a file is, is reported with its name', (name) => {
  const path = join(root, name)
  writeFileSync(join(root, 'file'), 'precious')
  expect(() => openDataDirectory(path)).toThrow(expect.objectContaining({ reason: 'data-unusable' }))
  expect(() => openDataDirectory(path)).toThrow(path)
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('precious')
})

test('missing parent folders are created, and a folder that cannot be created is reported', () => {
  openDataDirectory(join(root, 'a', 'b', 'c')).close()
  if (process.platform === 'linux') expect(() => openDataDirectory('/proc/nope/deeper')).toThrow(/proc\/nope/)
})

test('a full disk is reported as fatal', () => {
  const failures: string[] = []
  const data = openDataDirectory(root, { onFailure: (message) => failures.push(message) })
  data.state.define('CREATE TABLE filled (bytes BLOB); PRAGMA max_page_count = 10')
  expect(() => data.state.run('INSERT INTO filled VALUES (?)', Buffer.alloc(100_000))).toThrow('full')
  data.close()
  expect(failures).toEqual([
    expect.stringMatching(/^The state file .* has no space left on its disk\. .* free some space and start again\.$/),
  ])
})
