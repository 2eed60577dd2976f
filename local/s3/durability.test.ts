import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { State } from '../state/state.ts'
import { BlobFiles } from './blob-files.ts'
import { ObjectStore } from './object-store.ts'

const writer = join(import.meta.dirname, 'durability-writer.ts')
const kills = 5

test('a killed process leaves every acknowledged object whole, one event for each, and no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-'))
  const objects = join(folder, 'objects')
  const acknowledged: string[] = []
  for (let kill = 0; kill < kills; kill++) acknowledged.push(...(await writeUntilKilled(folder)))

  const state = new State(join(folder, 'state'))
  const files = new BlobFiles(objects)
  const store = new ObjectStore(state, files)
  files.sweep(new Set(store.files()))
  const stored = [...store.from('books', '', '')]
  expect(acknowledged.length).toBeGreaterThan(kills)
  expect(acknowledged.filter((key) => !stored.some((object) => object.key === key))).toEqual([])
  for (const { file, etag } of stored) {
    const bytes = await readFile(join(objects, file))
    expect(createHash('md5').update(bytes).digest('hex')).toBe(etag)
  }
  const told = state.all<{ etag: string }>('SELECT etag FROM told').map((row) => row.etag)
  expect(told.toSorted()).toEqual(stored.map((object) => object.etag).toSorted())
  expect(readdirSync(objects).toSorted()).toEqual(stored.map((object) => object.file).toSorted())
  state.close()
  rmSync(folder, { recursive: true })
})

/** @returns the keys that the process said it had kept */
async function writeUntilKilled(folder: string): Promise<string[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // It dies in the middle of its work, whatever that is.
    if (said === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 50)
    said += text
  })
  await once(child, 'close')
  return said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
}
