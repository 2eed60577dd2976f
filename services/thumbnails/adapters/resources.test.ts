import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { plain } from '../test-data/pictures.ts'

/** The costliest pictures that are let in, by what makes each of them so. */
const costliest = {
  'long-lines-16-bit-turned.png': () =>
    plain(20_000, 2_500, 0.5).toColourspace('rgb16').withMetadata({ orientation: 6 }).png({ compressionLevel: 1 }),
  'lossless.webp': () => plain(7_000, 7_000, 0.5).webp({ lossless: true, effort: 0 }),
  'interlaced-16-bit.png': () =>
    plain(4_000, 4_000, 0.5).toColourspace('rgb16').png({ progressive: true, compressionLevel: 1 }),
  'progressive.jpg': () => plain(4_000, 4_000).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
}

test('the costliest pictures, one after the other, stay under 512 MB, and each under 5 s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  try {
    const files: string[] = []
    for (const [name, picture] of Object.entries(costliest)) {
      files.push(join(folder, name))
      writeFileSync(files.at(-1)!, await picture().toBuffer())
    }
    // As the function has it: memory that a picture took goes back when it is done.
    const env = { PATH: process.env['PATH'], MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' }
    const script = join(import.meta.dirname, '../test-data/measure.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...files, ...files], { env })
    const measured: { cpuMs: number[]; maxResidentMegabytes: number } = JSON.parse(stdout)
    expect(measured.maxResidentMegabytes).toBeLessThan(512)
    // Of the processor and not of the clock, which counts what else this machine does.
    expect(Math.max(...measured.cpuMs)).toBeLessThan(5000)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
