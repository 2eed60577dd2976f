import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { CommandError } from '../errors.ts'
import { hashOf, publish } from './inputs.ts'

const root = join(import.meta.dirname, '../../..')
const dist = join(root, 'dist')
const built = join(dist, 'web')
/** The inputs of the last build; a build of the same inputs is skipped. */
const recordFile = join(dist, 'web.inputs')

/** What the pages are made of; the lock file represents the packages. */
const inputs = ['web/**', 'services/api/schema.d.ts', 'scripts/lib/build/{web,inputs}.ts', 'package-lock.json']

const isInput = (file: string) => !/\.test\.tsx?$/.test(file) && statSync(join(root, file)).isFile()

const isBuilt = (hash: string) =>
  existsSync(join(built, 'index.html')) && existsSync(recordFile) && readFileSync(recordFile, 'utf8') === hash

/**
 * Builds the pages of web/ into dist/web, unless they are up to date. In a folder of its own first, so that a concurrent
 * synthesis never reads some of the files.
 * @throws CommandError when they do not compile (Vite has printed why)
 */
export async function buildWeb({ force }: { force: boolean }): Promise<void> {
  const hash = hashOf(globSync(inputs, { cwd: root }).filter(isInput))
  if (!force && isBuilt(hash)) return
  const startedAt = performance.now()
  mkdirSync(dist, { recursive: true })
  const unfinished = join(dist, `.web-${process.pid}`)
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const { exitCode } = await execa(
    process.execPath,
    [vite, 'build', 'web', '--outDir', unfinished, '--logLevel', 'warn'],
    {
      cwd: root,
      // Tests have another value, with which React's development build would be included.
      env: { NODE_ENV: 'production' },
      stdout: 'ignore',
      stderr: 'inherit',
      reject: false,
    },
  )
  if (exitCode !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new CommandError('The pages could not be built; see the lines above.')
  }
  rmSync(recordFile, { force: true })
  rmSync(built, { recursive: true, force: true })
  publish(unfinished, built)
  writeFileSync(recordFile, hash)
  console.error(`Pages built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}
