import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Cancel, Clock } from '../clock.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import { lowerPriority } from './process-priority.ts'
import type { ProcessReaper } from './process-reaper.ts'
import { MemoryWatch } from './memory-watch.ts'
import { exitError, readOutput, type FunctionError, type KillReason, type Outcome } from './outcome.ts'

const client = fileURLToPath(new URL('./runtime/client.mjs', import.meta.url))

interface Invocation {
  readonly requestId: string
  /** JSON text. */
  readonly event: string
  readonly invokedFunctionArn: string
  readonly traceId: string
}

/** What the client reports while it starts, or before it exits. */
type ClientMessage = { type: 'ready' } | { type: 'error'; error: FunctionError }

/** `stderr`: whether the invocation also wrote to stderr. */
type Reply = ({ type: 'response'; payload: string } | { type: 'error'; error: FunctionError }) & { stderr: boolean }

/**
 * How long an initialization may take, if not longer by the function's timeout: "The Init phase is limited to 10 seconds. If
 * all three tasks do not complete within 10 seconds, Lambda retries the Init phase at the time of the first function
 * invocation with the configured function timeout" (Understanding the Lambda execution environment lifecycle).
 */
const initLimitMs = 10_000

/**
 * One child process that serves one invocation of one function at a time. It gets only the given environment variables,
 * none of the host's. It is `dead` after an error for which Lambda starts a new environment. Between invocations it is
 * frozen with its own child processes: what it left running continues in the next one.
 */
export class ExecutionEnvironment {
  readonly configuration: FunctionConfiguration
  /** Resolves once the handler is imported, or with the error of the import. */
  readonly ready: Promise<{ readonly initMs: number; readonly error?: FunctionError }>
  /** Resolves when the process has ended and all its output was read. */
  readonly closed: Promise<void>
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #memory: MemoryWatch
  #killReason: KillReason | undefined
  #dead = false
  /** Settles the running initialization or invocation. */
  #settle: (outcome: Outcome | { kind: 'ready' }) => void = () => {}
  /** The client's result of the running invocation; it settles once all output is read. */
  #reply: Outcome | undefined
  #stderrEnded = false
  #requestId: string | undefined

  constructor(options: {
    configuration: FunctionConfiguration
    variables: Readonly<Record<string, string>>
    clock: Clock
    reaper: ProcessReaper
    onLine: (line: string) => void
  }) {
    const { configuration, onLine } = options
    this.configuration = configuration
    this.#clock = options.clock
    const startedMs = performance.now()
    this.#child = spawnClient(configuration, options.variables)
    const { pid } = this.#child
    if (pid !== undefined) {
      options.reaper.add(pid)
      lowerPriority(pid, () => !this.#dead)
    }
    this.#memory = new MemoryWatch({
      pid: pid ?? 0,
      limitMb: configuration.memoryMb,
      onExceeded: () => this.#kill('memory'),
    })
    const endMark = () => `\0${this.#requestId}`
    readOutput(this.#child.stdout!, { onLine, endMark, onEnd: (reply) => this.#onReply(JSON.parse(reply)) })
    readOutput(this.#child.stderr!, { onLine, endMark, onEnd: () => this.#onStderrEnd() })
    this.#child.on('message', (message: ClientMessage) => this.#onMessage(message))
    // Child processes of the function must not outlive it or keep its output open.
    this.#child.on('exit', () => this.#signalGroup('SIGKILL'))
    this.closed = new Promise((resolve) => {
      this.#child.on('error', (error) => onLine(`The execution environment failed: ${error.message}`))
      this.#child.on('close', (code, signal) => {
        if (pid !== undefined) options.reaper.remove(pid)
        this.#ended({ code, signal })
        resolve()
      })
    })
    this.ready = this.#work(Math.max(initLimitMs, configuration.timeoutMs)).then((outcome) => {
      const initMs = performance.now() - startedMs
      return outcome.kind === 'error' ? { initMs, error: outcome.error } : { initMs }
    })
  }

  get dead(): boolean {
    return this.#dead
  }

  get peakMemoryMb(): number {
    return this.#memory.peakMb
  }

  /** Without the pages that it shares with the other environments. */
  get privateMemoryMb(): number {
    return this.#memory.privateMb
  }

  /** Serves one invocation, one at a time. When it resolves, all log lines of the invocation have been read. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    this.#requestId = invocation.requestId
    this.#stderrEnded = false
    const { timeoutMs: remainingMs } = this.configuration
    const ended = this.#work(remainingMs)
    this.#signalGroup('SIGCONT')
    // With a callback, a send to a process that has just exited does not throw; its exit is the outcome.
    this.#child.send({ ...invocation, remainingMs }, () => {})
    const outcome = await ended
    if (outcome.kind === 'ready') throw new Error('The runtime client reported twice that it is ready.')
    return outcome
  }

  /** Kills the process. @returns when it has exited */
  stop(): Promise<void> {
    this.#kill('stopped')
    return this.closed
  }

  /** @returns the outcome of the initialization or invocation that begins */
  #work(limitMs: number): Promise<Outcome | { kind: 'ready' }> {
    this.#reply = undefined
    this.#memory.start()
    const isDebugged = this.configuration.development?.inspectPort !== undefined
    const cancel: Cancel = isDebugged ? () => {} : this.#clock.schedule(limitMs, () => this.#kill({ limitMs }))
    return new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#settle = () => {}
        cancel()
        this.#memory.stop()
        // A frozen process would not respond to the debugger.
        if (!this.#dead && !isDebugged) this.#signalGroup('SIGSTOP')
        resolve(outcome)
      }
    })
  }

  #onMessage(message: ClientMessage): void {
    if (message.type === 'ready') this.#finish({ kind: 'ready' })
    // The output of a client that exits is complete when its process has ended.
    else this.#reply = { kind: 'error', error: message.error }
  }

  #onReply(reply: Reply): void {
    this.#reply =
      reply.type === 'response' ? { kind: 'success', payload: reply.payload } : { kind: 'error', error: reply.error }
    if (!reply.stderr || this.#stderrEnded) this.#finish(this.#reply)
  }

  #onStderrEnd(): void {
    this.#stderrEnded = true
    if (this.#reply) this.#finish(this.#reply)
  }

  /**
   * "*Memory* is the amount of memory available to your Lambda function at runtime" (AWS Lambda Developer Guide,
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html): a process that used more, even for a moment,
   * has not reported anything on Lambda, and its end is the outcome.
   */
  #finish(outcome: Outcome | { kind: 'ready' }): void {
    this.#memory.stop()
    if (this.#killReason !== 'memory') this.#settle(outcome)
  }

  #ended(exit: { code: number | null; signal: NodeJS.Signals | null }): void {
    this.#dead = true
    if (this.#reply && this.#killReason !== 'memory') return this.#settle(this.#reply)
    const { errorType, message } = exitError(this.#killReason, exit)
    const request = this.#requestId === undefined ? '' : `RequestId: ${this.#requestId} `
    this.#settle({ kind: 'error', error: { errorType, errorMessage: `${request}Error: ${message}` } })
  }

  #kill(reason: KillReason): void {
    if (this.#dead) return
    this.#dead = true
    this.#killReason = reason
    this.#signalGroup('SIGKILL')
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return
    // Windows has neither process groups nor signals that freeze a process.
    if (process.platform === 'win32') return void (signal === 'SIGKILL' && this.#child.kill())
    try {
      process.kill(-this.#child.pid, signal)
    } catch (error) {
      // The process group has already ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function spawnClient(configuration: FunctionConfiguration, variables: Readonly<Record<string, string>>): ChildProcess {
  const { memoryMb, codeDirectory, development } = configuration
  // The same shares of the memory size as in Lambda's start script, except for the young generation:
  // V8 fills the space before it collects, and many environments share this machine's memory. A larger one saves no
  // measurable processor time of functions that call AWS. Without V8's middle compiler neither: what it needs for its work
  // stays with a process (20 of 60 MiB under load), and the other compilers remain.
  const heap = ['--max-semi-space-size=2', `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`, '--no-maglev']
  const debugging = [
    ...(development?.sourceMaps ? ['--enable-source-maps'] : []),
    ...(development?.inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${development.inspectPort}`]),
  ]
  // Each thread of V8 has a memory arena of its own; one is enough for processes that share a few cores.
  return spawn(process.execPath, [...heap, '--v8-pool-size=1', '--expose-gc', ...debugging, client], {
    cwd: codeDirectory,
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A separate process group: Ctrl-C in the terminal reaches only the host, and the function's children end with it.
    detached: true,
  })
}
