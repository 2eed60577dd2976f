import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { CommandError } from '../errors.ts'
import { publish } from './inputs.ts'

/** Packages with native code, which cannot be bundled: they are copied beside the bundle of a function that imports them. */
export const nativePackages = ['sharp']

/** Those that sources import. Relies on the formatter. */
export const nativePackagesIn = (sources: readonly string[]): string[] =>
  nativePackages.filter((name) => sources.some((code) => code.includes(` from '${name}'`)))

/** Lambda's Node on Amazon Linux, as infra chooses it. */
const lambda = { os: 'linux', cpu: 'arm64', libc: 'glibc' }

/**
 * Installs a package for Lambda, on any machine, with the versions and hashes of the lock file, and caches it for the
 * next build.
 * @param cache the folder of installed packages, each under a hash of its inputs
 * @returns the `node_modules` folder
 * @throws CommandError when npm cannot install it
 */
export async function installForLambda(name: string, lockFile: string, cache: string): Promise<string> {
  const lock = lockOf(JSON.parse(readFileSync(lockFile, 'utf8')) as Lock, name)
  const text = JSON.stringify({ name: 'for-lambda', ...lock })
  const hash = createHash('sha256').update(JSON.stringify(lambda)).update(text).digest('hex').slice(0, 16)
  const directory = join(cache, `${name.replaceAll('/', '-')}-${hash}`)
  if (existsSync(directory)) return join(directory, 'node_modules')
  mkdirSync(cache, { recursive: true })
  const unfinished = mkdtempSync(join(cache, 'unfinished-'))
  try {
    writeFileSync(join(unfinished, 'package-lock.json'), text)
    writeFileSync(join(unfinished, 'package.json'), JSON.stringify({ private: true, ...lock.packages[''] }))
    // A fork may use its own registry.
    const settings = join(dirname(lockFile), '.npmrc')
    if (existsSync(settings)) copyFileSync(settings, join(unfinished, '.npmrc'))
    await runNpmCi(name, unfinished)
    // It contains this machine's registry URL, which would change the asset's hash.
    rmSync(join(unfinished, 'node_modules/.package-lock.json'), { force: true })
    publish(unfinished, directory)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return join(directory, 'node_modules')
}

/** Without install scripts: the binaries are packages, and a script would select binaries for this machine. */
const installing = ['ci', '--ignore-scripts', '--no-bin-links', '--prefer-offline', '--loglevel=error']

async function runNpmCi(name: string, cwd: string): Promise<void> {
  const args = [...installing, ...Object.entries(lambda).map(([key, value]) => `--${key}=${value}`)]
  const npm = process.env['npm_execpath']
  // npm sets its own file for its scripts; npx and a plain shell do not.
  const [program, ...before] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm']
  const { failed, all, originalMessage } = await execa(program, [...before, ...args], {
    cwd,
    stdin: 'ignore',
    all: true,
    reject: false,
  })
  if (!failed) return
  throw new CommandError(
    `${name} for ${lambda.os} on ${lambda.cpu} could not be installed: the one-time download from the npm registry failed.\n${all?.trim() || originalMessage}`,
  )
}

/** The parts of a package-lock.json (version 3) that are read here. */
export interface Lock {
  readonly lockfileVersion: number
  /** By the package's path in the tree: `node_modules/a/node_modules/b`. */
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/**
 * The part of a lock file that a package needs: the package and what it depends on, with versions, hashes and paths in the
 * tree unchanged. Of the optional packages, npm installs those for the platform.
 * @throws CommandError when the package or one of its dependencies is not locked
 */
export function lockOf(lock: Lock, name: string): Lock {
  const packages: Record<string, LockedPackage> = {}
  const add = (place: string) => {
    if (packages[place]) return
    const locked = lock.packages[place]!
    packages[place] = locked
    for (const dependency of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) {
      add(placeOf(lock, place, dependency))
    }
  }
  const place = placeOf(lock, '', name)
  add(place)
  const root = { dependencies: { [name]: lock.packages[place]!.version! } }
  return { lockfileVersion: lock.lockfileVersion, packages: { '': root, ...packages } }
}

/** Resolves a dependency as Node does: beside the dependent package, otherwise beside its parents. */
function placeOf(lock: Lock, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const place = `${folder && `${folder}/`}node_modules/${name}`
    if (lock.packages[place]) return place
    if (folder === '') throw new CommandError(`package-lock.json has no ${name}, which ${from || 'a function'} needs.`)
  }
}
