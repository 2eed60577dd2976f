import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { CommandError } from '#scripts/lib/errors.ts'
import { runToEnd } from './processes.ts'

/** Fails for a Python that MiniStack does not support. */
const versionCheck = 'import sys; sys.exit(sys.version_info < (3, 10))'

const requirements = join(import.meta.dirname, 'target/requirements.txt')

/**
 * The Python of a virtual environment below `directory` with all pinned packages, which is created on first use
 * and when the pins have changed.
 * @throws CommandError that names what to install when no suitable Python exists
 */
export async function pythonWithPackages(directory: string, signal: AbortSignal): Promise<string> {
  const pins = readFileSync(requirements)
  const environment = join(directory, `python-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`)
  const python = join(environment, 'bin/python')
  const complete = join(environment, 'complete')
  // The system's Python may have been replaced in the meantime.
  if (existsSync(complete) && existsSync(python)) return python

  const system = findPython()
  console.log('Installing MiniStack in a virtual environment (once) …')
  mkdirSync(directory, { recursive: true })
  // Concurrent runs create their own, and the first one is used.
  const unfinished = `${environment}.${process.pid}`
  const logFile = join(directory, 'python.log')
  try {
    await must(
      [system, '-m', 'venv', unfinished],
      'python3 -m venv failed. On Debian and Ubuntu, apt install python3-venv',
    )
    const pip = [join(unfinished, 'bin/python'), '-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps']
    await must([...pip, '-r', requirements], 'pip could not install MiniStack')
    writeFileSync(join(unfinished, 'complete'), '')
    if (!existsSync(python)) {
      rmSync(environment, { recursive: true, force: true })
      renameSync(unfinished, environment)
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return python

  async function must([command, ...args]: string[], failure: string): Promise<void> {
    const { code, output } = await runToEnd(command!, args, { logFile, signal })
    if (code !== 0) throw new CommandError(`${failure}:\n${output.trim().split('\n').slice(-5).join('\n')}`)
  }
}

/** @throws CommandError */
function findPython(): string {
  const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', versionCheck]).status === 0)
  if (found) return found
  throw new CommandError(
    "MiniStack, which this test deploys to, needs Python 3.10 or newer with venv on the PATH. Install it from python.org or the system's packages (python3, python3-venv).",
  )
}
