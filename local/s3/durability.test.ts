import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { State } from '../state/state.ts'
import { BlobFiles } from './blob-files.ts'
import { Buckets } from './buckets.ts'
import { Objects } from './objects.ts'

const writer = join(import.meta.dirname, 'durability-writer.ts')
/** After how many acknowledged keys the writer is killed, once for each entry. */
const killAfter = [1, 3, 7, 20, 50]

test('after SIGKILL every acknowledged object is complete, with one event, and there is no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-'))
  const objects = join(folder, 'objects')
  const acknowledged: string[] = []
  for (const keys of killAfter) acknowledged.push(...(await writeUntilKilled(folder, keys)))

  const state = new State(join(folder, 'state'))
  const files = new BlobFiles(objects)
  const store = new Objects({ state, clock: systemClock, buckets: new Buckets(), files, publish: () => {} })
  const stored = [...store.from('books', '', '')]
  expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter.reduce((sum, keys) => sum + keys))
  expect(acknowledged.filter((key) => !stored.some((object) => object.key === key))).toEqual([])
  for (const { file, etag } of stored) {
    const bytes = await readFile(join(objects, file))
    expect(createHash('md5').update(bytes).digest('hex')).toBe(etag)
  }
  const published = state.all<{ etag: string }>('SELECT etag FROM published').map((row) => row.etag)
  expect(published.toSorted()).toEqual(stored.map((object) => object.etag).toSorted())
  expect(readdirSync(objects).toSorted()).toEqual(stored.map((object) => object.file).toSorted())
  state.close()
  rmSync(folder, { recursive: true })
})

test('a sweep removes unknown files with the names that are written, and no other entry', () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-'))
  const files = new BlobFiles(folder)
  const known = files.write(Buffer.from('known')).file
  files.write(Buffer.from('unknown'))
  writeFileSync(join(folder, `${randomUUID()}.part`), 'partial')
  const directory = randomUUID()
  mkdirSync(join(folder, directory))
  writeFileSync(join(folder, 'notes.txt'), 'precious')
  files.sweep(new Set([known]))
  expect(readdirSync(folder).toSorted()).toEqual([known, directory, 'notes.txt'].toSorted())
  rmSync(folder, { recursive: true })
})

/** Kills the writer during its work, after it acknowledged `killAfterKeys` keys. @returns all acknowledged keys */
async function writeUntilKilled(folder: string, killAfterKeys: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  // The last element is an incomplete line, or empty.
  const keys = () => output.split('\n').slice(0, -1)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (keys().length >= killAfterKeys) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return keys()
}
