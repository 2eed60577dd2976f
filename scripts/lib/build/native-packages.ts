import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../deployment.ts'
import { lockForTarget, type Lock, type Target } from './lock-for-target.ts'

/** Packages with machine code, which no bundle can hold: a function that imports one gets it laid beside its bundle. */
export const nativePackages = ['sharp']

/** Lambda's Node on Amazon Linux, as infra chooses it. */
const lambda: Target = { os: 'linux', cpu: 'arm64', libc: 'glibc' }

/**
 * Installs a package for Lambda from the versions and hashes of the one lock file, whatever machine this is, and keeps
 * it for the next build. npm takes what it has downloaded before from its own cache.
 * @param kept the folder that keeps installed packages, each by a hash of what it is made of
 * @returns the `node_modules` folder
 * @throws UsageError when npm cannot install it
 */
export async function installForLambda(name: string, lockFile: string, kept: string): Promise<string> {
  const lock = lockForTarget(JSON.parse(readFileSync(lockFile, 'utf8')) as Lock, name, lambda)
  const text = JSON.stringify({ name: 'for-lambda', ...lock })
  const hash = createHash('sha256').update(JSON.stringify(lambda)).update(text).digest('hex').slice(0, 16)
  const directory = join(kept, `${name.replaceAll('/', '-')}-${hash}`)
  if (existsSync(directory)) return join(directory, 'node_modules')
  mkdirSync(kept, { recursive: true })
  const unfinished = mkdtempSync(join(kept, 'unfinished-'))
  try {
    writeFileSync(join(unfinished, 'package-lock.json'), text)
    writeFileSync(join(unfinished, 'package.json'), JSON.stringify({ private: true, ...lock.packages[''] }))
    // A fork may have its own registry.
    const settings = join(dirname(lockFile), '.npmrc')
    if (existsSync(settings)) copyFileSync(settings, join(unfinished, '.npmrc'))
    await runNpmCi(name, unfinished)
    // It names where each package came from, which is this machine's affair and would change the asset's hash.
    rmSync(join(unfinished, 'node_modules/.package-lock.json'), { force: true })
    keep(unfinished, directory)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return join(directory, 'node_modules')
}

/** Another build may have been as quick: then its packages stand there, and they are the same. */
function keep(unfinished: string, directory: string): void {
  if (!existsSync(directory)) renameSync(unfinished, directory)
}

/** No scripts: the binaries come as packages, and a script would look for those of this machine. */
const installing = ['ci', '--ignore-scripts', '--no-bin-links', '--prefer-offline', '--loglevel=error']

async function runNpmCi(name: string, cwd: string): Promise<void> {
  const args = [...installing, ...Object.entries(lambda).map(([key, value]) => `--${key}=${value}`)]
  const npm = process.env['npm_execpath']
  // Under npm its own file is known; npx and a plain shell name it or leave it to the path.
  const child = npm?.endsWith('npm-cli.js')
    ? spawn(process.execPath, [npm, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null | Error>((resolve) =>
    child.once('error', resolve).once('close', resolve),
  )
  if (code === 0) return
  const said = code instanceof Error ? code.message : Buffer.concat(output).toString().trim()
  throw new UsageError(
    `${name} for ${lambda.os} on ${lambda.cpu} could not be installed: it is downloaded once, from npm's registry, and that failed.\n${said}`,
  )
}
