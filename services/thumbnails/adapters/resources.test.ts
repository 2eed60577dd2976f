import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { plain, plainWebp } from '../test-data/images.ts'

/** The accepted images that use the most memory, each for a different reason. */
const largest: Readonly<Record<string, () => Promise<Buffer>>> = {
  'long-lines-16-bit-turned.png': () =>
    plain(20_000, 2_500, 0.5)
      .toColourspace('rgb16')
      .withMetadata({ orientation: 6 })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  'lossless.webp': () => plainWebp(7_000, 7_000),
  'interlaced-16-bit.png': () =>
    plain(4_000, 4_000, 0.5).toColourspace('rgb16').png({ progressive: true, compressionLevel: 1 }).toBuffer(),
  'progressive.jpg': () => plain(4_000, 4_000).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
}

test('a process that decodes the largest images one after the other stays under 512 MB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'images-'))
  try {
    const files: string[] = []
    for (const [name, image] of Object.entries(largest)) {
      files.push(join(folder, name))
      writeFileSync(files.at(-1)!, await image())
    }
    // The function's environment, in which the memory of an image is released after processing.
    const env = { PATH: process.env['PATH'], MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' }
    const script = join(import.meta.dirname, '../test-data/measure.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...files, ...files], { env })
    expect(JSON.parse(stdout).maxResidentMegabytes).toBeLessThan(512)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
