import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Cancel, Clock } from '../clock.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { Guardian } from './guardian.ts'
import { MemoryWatch } from './memory-watch.ts'
import { readOutput } from './output-lines.ts'
import { exitError, initLimitMs, type FunctionError, type KillReason, type Outcome } from './outcome.ts'

const client = fileURLToPath(new URL('./runtime/client.mjs', import.meta.url))

export interface Invocation {
  readonly requestId: string
  /** JSON text. */
  readonly event: string
  readonly invokedFunctionArn: string
  readonly traceId: string
  readonly clientContext?: unknown
}

type ClientMessage =
  | { type: 'ready' }
  | { type: 'init-error'; error: FunctionError; exits: true }
  | { type: 'answer'; payload: string }
  | { type: 'error'; error: FunctionError; exits?: true }

/**
 * One child process that serves one invocation of one function at a time. It gets the variables it is given and nothing
 * of the host's own environment. After an error that Lambda answers with a new environment it is `dead`.
 */
export class ExecutionEnvironment {
  readonly configuration: FunctionConfiguration
  /** Resolves once the handler is imported, or with the reason why it could not be. */
  readonly ready: Promise<{ kind: 'ready'; initMs: number } | { kind: 'error'; error: FunctionError }>
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #memory: MemoryWatch
  readonly #closed: Promise<void>
  #killReason: KillReason | undefined
  #dead = false
  /** Settles what runs at the moment: the initialisation or an invocation. */
  #settle: (outcome: Outcome | { kind: 'ready' }) => void = () => {}
  /** The client's word on what runs; it counts once its output is read. */
  #reply: Outcome | undefined
  #openOutputs = 0
  #requestId: string | undefined

  constructor(options: {
    configuration: FunctionConfiguration
    variables: Readonly<Record<string, string>>
    clock: Clock
    guardian: Guardian
    onLine: (line: string) => void
  }) {
    const { configuration, onLine } = options
    this.configuration = configuration
    this.#clock = options.clock
    const startedMs = performance.now()
    this.#child = spawnClient(configuration, options.variables)
    const { pid } = this.#child
    if (pid !== undefined) options.guardian.watch(pid)
    this.#memory = new MemoryWatch({
      pid: pid ?? 0,
      limitBytes: configuration.memoryMb * 1024 * 1024,
      onExceeded: () => this.#kill('memory'),
    })
    const onEnd = () => this.#outputEnded()
    readOutput(this.#child.stdout!, { onLine, onEnd })
    readOutput(this.#child.stderr!, { onLine, onEnd })
    this.#child.on('message', (message: ClientMessage) => this.#hear(message))
    // What the function itself started must not outlive it, nor hold its output open.
    this.#child.on('exit', () => this.#killGroup())
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', (error) => onLine(`The execution environment failed: ${error.message}`))
      this.#child.on('close', (code, signal) => {
        if (pid !== undefined) options.guardian.forget(pid)
        this.#ended({ code, signal })
        resolve()
      })
    })
    this.ready = this.#work(initLimitMs, 'init-timeout', () => {}).then((outcome) =>
      outcome.kind === 'error' ? outcome : { kind: 'ready', initMs: performance.now() - startedMs },
    )
  }

  get dead(): boolean {
    return this.#dead
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get peakMemoryMb(): number {
    return this.#memory.peakMb
  }

  /** Serves one invocation; the caller waits for it to end before it sends another. Its log lines are complete then. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    this.#requestId = invocation.requestId
    this.#openOutputs = 2
    const { timeoutMs } = this.configuration
    const outcome = await this.#work(timeoutMs, 'invoke-timeout', () => {
      // The callback keeps a send to a process that just died from throwing; its exit is the answer.
      this.#child.send({ ...invocation, remainingMs: timeoutMs }, () => {})
    })
    if (outcome.kind === 'ready') throw new Error('The runtime client said twice that it is ready.')
    return outcome
  }

  /** Ends the process. @returns when it is gone */
  stop(): Promise<void> {
    this.#kill('stopped')
    return this.#closed
  }

  #work(limitMs: number, reason: KillReason, begin: () => void): Promise<Outcome | { kind: 'ready' }> {
    this.#reply = undefined
    this.#memory.start()
    const cancel: Cancel = this.#clock.schedule(limitMs, () => this.#kill(reason))
    return new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#settle = () => {}
        cancel()
        this.#memory.stop()
        resolve(outcome)
      }
      begin()
    })
  }

  #hear(message: ClientMessage): void {
    switch (message.type) {
      case 'ready':
        return this.#settle({ kind: 'ready' })
      case 'answer':
        this.#reply = { kind: 'answer', payload: message.payload }
        return this.#settleWhenComplete()
      case 'init-error':
      case 'error':
        this.#reply = { kind: 'error', error: message.error }
        // A client that exits is complete when its process is gone.
        if (!message.exits) this.#settleWhenComplete()
        return
      default:
        return message satisfies never
    }
  }

  #outputEnded(): void {
    this.#openOutputs -= 1
    this.#settleWhenComplete()
  }

  #settleWhenComplete(): void {
    if (this.#reply && this.#openOutputs === 0) this.#settle(this.#reply)
  }

  #ended(exit: { code: number | null; signal: NodeJS.Signals | null }): void {
    this.#dead = true
    if (this.#reply) return this.#settle(this.#reply)
    const { errorType, message } = exitError(this.#killReason, exit, this.configuration)
    const errorMessage =
      this.#requestId === undefined ? `Error: ${message}` : `RequestId: ${this.#requestId} Error: ${message}`
    this.#settle({ kind: 'error', error: { errorType, errorMessage } })
  }

  #kill(reason: KillReason): void {
    if (this.#dead) return
    this.#dead = true
    this.#killReason = reason
    this.#killGroup()
  }

  #killGroup(): void {
    if (this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch (error) {
      // The group is gone already: that is what was wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

const maxSemiSpaceMb = 8

function spawnClient(configuration: FunctionConfiguration, variables: Readonly<Record<string, string>>): ChildProcess {
  const { memoryMb, codeDirectory } = configuration
  // The same shares of the memory size that Lambda's own start script gives the heap, but for the space of new objects:
  // V8 fills what it may have before it collects, and many environments share this machine's memory. Beyond a few
  // megabytes it saves no processor time that could be measured.
  const heap = [
    `--max-semi-space-size=${Math.min(maxSemiSpaceMb, Math.floor(memoryMb * 0.05))}`,
    `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
  ]
  return spawn(process.execPath, [...heap, '--expose-gc', client], {
    cwd: codeDirectory,
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C in the terminal reaches the host only, and the function's own children end with it.
    detached: true,
  })
}
