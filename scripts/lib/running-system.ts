import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { localOutputsFile, readDeployment, type Deployment } from './deployment.ts'
import { CommandError } from './errors.ts'
import { applicationName } from '#shared/application.ts'

const root = join(import.meta.dirname, '../..')

/** A first start builds and synthesizes; 20 times the duration on two cores. */
const readyWithinMs = 240_000

/** @returns the system on the default data folder, or undefined when none responds */
export async function findRunningSystem(): Promise<Deployment | undefined> {
  if (!existsSync(localOutputsFile())) return undefined
  const deployment = readDeployment()
  const response = await fetch(`${deployment.apiUrl}/health`, { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  )
  return response?.ok ? deployment : undefined
}

/**
 * Starts a system on free ports and in a temporary folder, without product images, and waits until it is ready. When
 * this process is interrupted at any time, it stops the system, deletes the folder and exits.
 * @param options.checkout the folder of the project. @default this one
 * @param options.chaos seed of the faults to inject. @default no faults
 * @throws CommandError with the last lines of its output when it does not become ready
 */
export async function startSystem({
  checkout = root,
  chaos,
}: { checkout?: string; chaos?: string | undefined } = {}): Promise<RunningSystem> {
  const system = new RunningSystem(checkout, chaos)
  try {
    await system.becomeReady()
    return system
  } catch (error) {
    await system.stop()
    throw error
  }
}

/** Starts a system, passes it to `use` and stops it in any case. */
export async function withSystem(
  options: { chaos?: string | undefined },
  use: (system: RunningSystem) => Promise<void>,
): Promise<void> {
  const system = await startSystem(options)
  try {
    await use(system)
  } finally {
    await system.stop()
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A local system in a separate process. */
export class RunningSystem {
  deployment!: Deployment
  readonly outputsFile: string
  readonly #dataDirectory: string
  readonly #child: ReturnType<typeof spawnStart>
  #output = ''
  /** Set by the first signal; ends with the end of this process. */
  #interruption: Promise<never> | undefined

  constructor(checkout: string, chaos?: string) {
    // Before any resource exists that a signal could leave behind.
    for (const signal of signals) process.on(signal, this.#interrupt)
    process.once('exit', this.#end)
    this.#dataDirectory = mkdtempSync(join(tmpdir(), 'system-'))
    this.outputsFile = join(this.#dataDirectory, 'outputs.json')
    this.#child = spawnStart(checkout, this.#dataDirectory, chaos)
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk))
  }

  get processId(): number {
    return this.#child.pid!
  }

  /** What it has printed so far. */
  output(): string {
    return this.#output
  }

  async becomeReady(): Promise<void> {
    const child = this.#child
    const failure = await new Promise<string | undefined>((resolve) => {
      const late = () => resolve(`was not ready within ${readyWithinMs / 1000} s`)
      const timer = setTimeout(late, readyWithinMs)
      // Only until it is ready: the search joins all the output, which grows by lines of each request.
      const search = () => {
        if (!this.#output.includes(`${applicationName} is ready at`)) return
        child.stdout.off('data', search)
        resolve(undefined)
      }
      child.stdout.on('data', search)
      void child.then(({ exitCode }) => resolve(`exited with code ${exitCode}`)).finally(() => clearTimeout(timer))
    })
    if (failure === undefined) {
      this.deployment = readDeployment(this.outputsFile)
      return
    }
    child.kill('SIGKILL')
    throw new CommandError(`The local system ${failure}:\n${this.#output.slice(-4000)}`)
  }

  /**
   * Stops it, waits for its exit and deletes its folder. Does not resolve after a signal: what failed because the system ends
   * must not be reported.
   */
  async stop(): Promise<void> {
    await this.#interruption
    this.#child.kill('SIGTERM')
    await this.#child
    await this.#interruption
    this.#end()
    for (const signal of signals) process.off(signal, this.#interrupt)
    process.off('exit', this.#end)
  }

  readonly #interrupt = (): void => {
    // The system exits at once when a second signal comes after a second.
    this.#child.kill('SIGTERM')
    this.#interruption ??= this.#child.then(() => process.exit(130))
  }

  /** Also when this process exits for another reason: the system may then still run. */
  readonly #end = (): void => {
    this.#child.kill('SIGKILL')
    rmSync(this.#dataDirectory, { recursive: true, force: true, maxRetries: 5 })
  }
}

const spawnStart = (checkout: string, dataDirectory: string, chaos?: string) =>
  execa(process.execPath, ['scripts/commands/start.ts', '--no-images', ...(chaos ? ['--chaos', chaos] : [])], {
    cwd: checkout,
    env: { PORT: '0', WEB_PORT: '0', AWS_PORT: '0', CARTWHEEL_DATA: dataDirectory },
    stdin: 'ignore',
    buffer: false,
    forceKillAfterDelay: false,
    reject: false,
  })
