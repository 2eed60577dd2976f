import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { localOutputsFile, readDeployment, type Deployment } from './deployment.ts'
import { CommandError } from './errors.ts'
import { applicationName } from '#shared/application.ts'

/** A local system in a separate process. */
export interface RunningSystem {
  readonly deployment: Deployment
  readonly outputsFile: string
  readonly processId: number
  /** What it has printed so far. */
  output(): string
  /** Stops it, waits for its exit and deletes its folder. */
  stop(): Promise<void>
}

const root = join(import.meta.dirname, '../..')

/** A first start builds and synthesizes; 20 times the duration on two cores. */
const readyWithinMs = 240_000

/** @returns the system on the default data folder, or undefined when none responds */
export async function findRunningSystem(): Promise<Deployment | undefined> {
  if (!existsSync(localOutputsFile())) return undefined
  const deployment = readDeployment(localOutputsFile())
  const answer = await fetch(`${deployment.apiUrl}/health`, { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  )
  return answer?.ok ? deployment : undefined
}

/**
 * Starts a system on free ports and in a temporary folder, without product images, and waits until it is ready.
 * @throws CommandError with the last lines of its output when it does not become ready
 */
export async function startSystem(): Promise<RunningSystem> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'system-'))
  const child = execa(process.execPath, ['scripts/commands/start.ts', '--no-images'], {
    cwd: root,
    env: { PORT: '0', AWS_PORT: '0', CARTWHEEL_DATA: dataDirectory },
    stdin: 'ignore',
    buffer: false,
    forceKillAfterDelay: false,
    reject: false,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))

  await new Promise<void>((resolve, reject) => {
    const giveUp = (why: string) => {
      child.kill('SIGKILL')
      rmSync(dataDirectory, { recursive: true, force: true })
      reject(new CommandError(`The local system ${why}:\n${output.slice(-4000)}`))
    }
    const timer = setTimeout(() => giveUp(`was not ready within ${readyWithinMs / 1000} s`), readyWithinMs)
    child.stdout.on('data', () => {
      if (!output.includes(`${applicationName} is ready at`)) return
      clearTimeout(timer)
      resolve()
    })
    void child.then(({ exitCode }) => {
      clearTimeout(timer)
      giveUp(`exited with code ${exitCode}`)
    })
  })

  const outputsFile = join(dataDirectory, 'outputs.json')
  const stop = async () => {
    child.kill('SIGTERM')
    await child
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  // Its folder must also be deleted when a signal ends this process.
  const interrupted = () => void stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  return {
    deployment: readDeployment(outputsFile),
    outputsFile,
    processId: child.pid!,
    output: () => output,
    async stop() {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
      await stop()
    },
  }
}
