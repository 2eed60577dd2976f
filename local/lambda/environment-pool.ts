import type { Cancel, Clock } from '../clock.ts'
import type { ExecutionEnvironment, InitPhase } from './execution-environment.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { FunctionError } from './outcome.ts'

/**
 * The error that callers get while the system stops; it is not a failure of the function and does not count as an
 * attempt.
 */
export const stopping = () => new AwsError('ServiceException', 'The local system is stopping.', { statusCode: 500 })

/** What a caller gets from the pool: an environment for its exclusive use, or the reason why none could start. */
type Acquired<E> =
  | { readonly kind: 'environment'; readonly environment: E; readonly init?: Init }
  | { readonly kind: 'init-error'; readonly environment: E; readonly error: FunctionError; readonly init: Init }

interface Init {
  readonly phase: InitPhase
  readonly durationMs: number
}

type Poolable = Pick<ExecutionEnvironment, 'configuration' | 'ready' | 'dead' | 'privateMemoryMb' | 'stop'>

interface Waiter<E> {
  readonly configuration: FunctionConfiguration
  readonly resolve: (acquired: Acquired<E>) => void
  readonly reject: (error: Error) => void
}

interface PoolOptions<E> {
  readonly clock: Clock
  readonly start: (configuration: FunctionConfiguration, phase: InitPhase) => E
  /** After how long an unused environment is stopped. */
  readonly idleMs: number
  /** The same for an environment that is not the only one of its function: those started by a burst stop soon. */
  readonly surplusIdleMs: number
  /** How many environments may initialize concurrently. */
  readonly startsAtOnce: number
  /**
   * How many environments may exist. At this limit the least recently used idle one is stopped before a start; when
   * none is idle, starts wait.
   */
  readonly maxEnvironments: number
  /** How many environments of one function may exist; further callers wait until one of them becomes idle. */
  readonly maxPerFunction: number
  /** How much memory all environments may use; above it, the same applies as at `maxEnvironments`. */
  readonly memoryBudgetMb: number
  /** Whether an environment ends instead of becoming idle. @default it never does */
  readonly ends?: () => boolean
}

/**
 * The execution environments of all functions. Idle environments are reused, the most recently used first, so that
 * the others reach their idle timeout. A caller that waits for a cold start takes an environment that becomes idle
 * first; on a machine with few cores this, and the limit on concurrent starts, avoids starting one process per
 * request in a burst.
 */
export class EnvironmentPool<E extends Poolable = ExecutionEnvironment> {
  readonly #options: PoolOptions<E>
  /** Least recently used first. */
  readonly #idle = new Map<E, Cancel>()
  readonly #starting = new Set<E>()
  readonly #busy = new Set<E>()
  #waiting: Waiter<E>[] = []

  constructor(options: PoolOptions<E>) {
    this.#options = options
  }

  get size(): number {
    return this.#idle.size + this.#starting.size + this.#busy.size
  }

  acquire(configuration: FunctionConfiguration): Promise<Acquired<E>> {
    const idle = [...this.#idle.keys()].findLast((each) => each.configuration === configuration && !each.dead)
    if (idle) {
      this.#removeIdle(idle)
      this.#busy.add(idle)
      return Promise.resolve({ kind: 'environment', environment: idle })
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ configuration, resolve, reject })
      this.#startNext()
    })
  }

  /** Returns an environment to the pool; a dead one, or one of a function that was replaced, is not reused. */
  release(environment: E): void {
    this.#busy.delete(environment)
    if (!environment.dead && this.#options.ends?.()) void environment.stop().then(() => this.#startNext())
    else if (environment.dead) this.#startNext()
    else this.#makeAvailable(environment)
  }

  /**
   * Stops the idle environments of a function that was replaced; busy ones stop at their idle timeout, as no call
   * uses them any more.
   */
  retire(configuration: FunctionConfiguration): void {
    for (const environment of this.#idle.keys()) {
      if (environment.configuration === configuration) this.#stopIdle(environment)
    }
  }

  /** Stops all environments; running invocations end with an error, and waiting callers are rejected. */
  async stop(): Promise<void> {
    const all = [...this.#idle.keys(), ...this.#starting, ...this.#busy]
    for (const cancel of this.#idle.values()) cancel()
    this.#idle.clear()
    for (const waiter of this.#waiting.splice(0)) waiter.reject(stopping())
    await Promise.all(all.map((environment) => environment.stop()))
  }

  #startNext(): void {
    while (this.#starting.size < this.#options.startsAtOnce) {
      const next = this.#waiting.find((waiter) => this.#mayStartFor(waiter))
      if (!next || !this.#makeRoom()) return
      this.#initialize(next.configuration, 'init')
    }
  }

  #initialize(configuration: FunctionConfiguration, phase: InitPhase): void {
    const environment = this.#options.start(configuration, phase)
    this.#starting.add(environment)
    void environment.ready.then((result) => {
      this.#starting.delete(environment)
      const init = { phase, durationMs: result.initMs }
      if (result.kind === 'ready') this.#makeAvailable(environment, init)
      else if (phase === 'invoke')
        this.#handToWaiter(configuration, { kind: 'init-error', environment, error: result.error, init })
      else if (this.#waiting.some((each) => each.configuration === configuration))
        this.#initialize(configuration, 'invoke')
      this.#startNext()
    })
  }

  #mayStartFor(waiter: Waiter<E>): boolean {
    const ofFunction = [...this.#starting, ...this.#busy].filter((each) => each.configuration === waiter.configuration)
    // Two processes cannot listen at one port for a debugger.
    const limit = waiter.configuration.development?.inspectPort === undefined ? this.#options.maxPerFunction : 1
    return ofFunction.length < limit && this.#startsFor(waiter) < this.#waitersLike(waiter)
  }

  #startsFor(waiter: Waiter<E>): number {
    return [...this.#starting].filter((each) => each.configuration === waiter.configuration).length
  }

  #waitersLike(waiter: Waiter<E>): number {
    return this.#waiting.filter((each) => each.configuration === waiter.configuration).length
  }

  #makeAvailable(environment: E, init?: Init): void {
    if (this.#handToWaiter(environment.configuration, { kind: 'environment', environment, ...(init && { init }) })) {
      this.#busy.add(environment)
      return
    }
    this.#idle.set(environment, this.#stopWhenIdle(environment))
    // A waiting function may start once this idle environment is stopped.
    this.#startNext()
  }

  /** Least recently used environments are stopped first, so that the last one of a function is its most recently used. */
  #stopWhenIdle(environment: E): Cancel {
    const { configuration } = environment
    let cancel = this.#options.clock.schedule(this.#options.surplusIdleMs, () => {
      if (this.#countOf(configuration) > 1) return this.#stopIdle(environment)
      cancel = this.#options.clock.schedule(this.#options.idleMs - this.#options.surplusIdleMs, () =>
        this.#stopIdle(environment),
      )
    })
    return () => cancel()
  }

  #countOf(configuration: FunctionConfiguration): number {
    const all = [...this.#idle.keys(), ...this.#starting, ...this.#busy]
    return all.filter((each) => each.configuration === configuration && !each.dead).length
  }

  /** @returns false when no caller waits for the function */
  #handToWaiter(configuration: FunctionConfiguration, acquired: Acquired<E>): boolean {
    const waiter = this.#waiting.find((each) => each.configuration === configuration)
    if (!waiter) return false
    this.#waiting = this.#waiting.filter((each) => each !== waiter)
    waiter.resolve(acquired)
    return true
  }

  /** @returns false when all environments are busy; the caller waits until one becomes idle */
  #makeRoom(): boolean {
    if (this.size === 0 || this.#isRoom()) return true
    const [oldest] = this.#idle.keys()
    if (oldest) this.#stopIdle(oldest)
    return oldest !== undefined
  }

  #isRoom(): boolean {
    return this.size < this.#options.maxEnvironments && this.#memoryMb() < this.#options.memoryBudgetMb
  }

  #memoryMb(): number {
    const all = [...this.#idle.keys(), ...this.#starting, ...this.#busy]
    return all.reduce((sum, environment) => sum + environment.privateMemoryMb, 0)
  }

  #stopIdle(environment: E): void {
    this.#removeIdle(environment)
    void environment.stop()
  }

  #removeIdle(environment: E): void {
    this.#idle.get(environment)?.()
    this.#idle.delete(environment)
  }
}
