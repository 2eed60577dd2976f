import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localOutputsFile, readDeployment, UsageError, type Deployment } from './deployment.ts'

/** A local system in a process of its own. */
export interface RunningSystem {
  readonly deployment: Deployment
  readonly outputsFile: string
  readonly process: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Asks it to end and waits; what it left in a temporary folder goes too. */
  stop(): Promise<void>
}

const root = join(import.meta.dirname, '../..')

/** A first start builds and synthesises; twenty times what that takes on two cores. */
const readyWithinMs = 240_000

/** @returns the system that runs on the default data folder, or undefined when none answers */
export async function findRunningSystem(): Promise<Deployment | undefined> {
  if (!existsSync(localOutputsFile())) return undefined
  const deployment = readDeployment(localOutputsFile())
  const answer = await fetch(`${deployment.apiUrl}/health`, { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  )
  return answer?.ok ? deployment : undefined
}

/**
 * Starts a system on free ports and in a temporary folder, its products without pictures, and waits until it is ready.
 * @throws UsageError with the end of its output when it does not get ready
 */
export async function startSystem(): Promise<RunningSystem> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'cartwheel-'))
  const child = spawn(process.execPath, ['scripts/commands/start.ts', '--no-pictures'], {
    cwd: root,
    env: { ...process.env, PORT: '0', AWS_PORT: '0', CARTWHEEL_DATA: dataDirectory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))

  await new Promise<void>((resolve, reject) => {
    const giveUp = (why: string) => {
      child.kill('SIGKILL')
      reject(new UsageError(`The local system ${why}:\n${output.slice(-4000)}`))
    }
    const timer = setTimeout(() => giveUp(`was not ready within ${readyWithinMs / 1000} s`), readyWithinMs)
    child.stdout.on('data', () => {
      if (!output.includes('Cartwheel is ready at')) return
      clearTimeout(timer)
      resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      giveUp(`ended with exit code ${code}`)
    })
  })

  const outputsFile = join(dataDirectory, 'outputs.json')
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  // Whoever starts a system for a while must not leave its folder behind when somebody loses patience.
  const interrupted = () => void stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  return {
    deployment: readDeployment(outputsFile),
    outputsFile,
    process: child,
    output: () => output,
    async stop() {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
      await stop()
    },
  }
}
