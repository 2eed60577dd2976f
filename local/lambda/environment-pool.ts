import { availableParallelism } from 'node:os'
import type { Cancel, Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { FunctionError } from './outcome.ts'

/**
 * The error that callers get while the system stops; it is not a failure of the function and does not count as an
 * attempt.
 */
export const stopping = () => new AwsError('ServiceException', 'The local system is stopping.', { statusCode: 500 })

/** What a caller gets from the pool. */
interface Acquired<E> {
  /** For the caller's exclusive use, unless there is an error. */
  readonly environment: E
  /** How long it initialized, if the caller waited for that. */
  readonly initMs?: number | undefined
  /** Why it could not start. */
  readonly error?: FunctionError
}

type Poolable = Pick<ExecutionEnvironment, 'configuration' | 'ready' | 'dead' | 'closed' | 'privateMemoryMb' | 'stop'>

interface Waiter<E> {
  readonly configuration: FunctionConfiguration
  readonly resolve: (acquired: Acquired<E>) => void
  readonly reject: (error: Error) => void
}

/** Such an environment is not stopped while idle: a debugger stays attached while its user reads code. */
const isInspected = ({ configuration }: Pick<Poolable, 'configuration'>) =>
  configuration.development?.inspectPort !== undefined

const cores = availableParallelism()

const defaultLimits = {
  /** At this number, the least recently used idle environment is stopped before a start; when none is idle, starts wait. */
  maxEnvironments: 50,
  /** How much memory all environments may use; above it, the same applies. */
  memoryBudgetMb: 1024,
  /**
   * How many environments one function may have; further callers wait until one of them becomes idle. The operating system
   * shares its cores among processes: with fewer for the requests of a burst, the work behind them in the queues gets most
   * of the time, in small batches (with two per core a third fewer orders per second).
   */
  maxPerFunction: 6 * cores,
  /** How many environments may initialize concurrently. */
  startsAtOnce: Math.max(2, cores),
  /** After how long an unused environment is stopped. */
  idleMs: 5 * 60_000,
  /** The same for an environment that is not the only one of its function: those started by a burst stop soon. */
  surplusIdleMs: 5000,
}

export type PoolLimits = Partial<typeof defaultLimits>

interface PoolOptions<E> {
  readonly clock: Clock
  readonly start: (configuration: FunctionConfiguration) => E
  /** Whether an environment ends instead of becoming idle. @default it never does */
  readonly ends?: () => boolean
  readonly limits?: PoolLimits | undefined
}

/**
 * The execution environments of all functions. Idle environments are reused, the most recently used first, so that
 * the others reach their idle timeout. A caller that waits for a cold start takes an environment that becomes idle
 * first; on a machine with few cores this, and the limit on concurrent starts, avoids starting one process per
 * request in a burst.
 */
export class EnvironmentPool<E extends Poolable = ExecutionEnvironment> {
  readonly #options: PoolOptions<E>
  readonly #limits: Required<PoolLimits>
  /** With the timer that stops them; least recently used first. */
  readonly #idle = new Map<E, Cancel>()
  readonly #starting = new Set<E>()
  readonly #busy = new Set<E>()
  readonly #retired = new WeakSet<FunctionConfiguration>()
  #waiting: Waiter<E>[] = []

  constructor(options: PoolOptions<E>) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
  }

  get size(): number {
    return this.#idle.size + this.#starting.size + this.#busy.size
  }

  acquire(configuration: FunctionConfiguration): Promise<Acquired<E>> {
    const idle = [...this.#idle.keys()].findLast((each) => each.configuration === configuration && !each.dead)
    if (idle) {
      this.#removeIdle(idle)
      this.#busy.add(idle)
      return Promise.resolve({ environment: idle })
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ configuration, resolve, reject })
      this.#startNext()
    })
  }

  /** Returns an environment to the pool; a dead one, or one of a function that was replaced, is not reused. */
  release(environment: E): void {
    this.#busy.delete(environment)
    if (environment.dead) this.#startNext()
    else if (this.#options.ends?.()) void environment.stop().then(() => this.#startNext())
    else this.#makeAvailable(environment)
  }

  /** Starts an environment before the first call of a function, unless it has one: a debugger attaches to a process. */
  startEarly(configuration: FunctionConfiguration): void {
    if (!this.#ofFunction(configuration).some(({ dead }) => !dead)) this.#initialize(configuration)
  }

  /** Stops the environments of a function that was replaced, busy ones after their call. @returns when all have ended */
  async retire(configuration: FunctionConfiguration): Promise<void> {
    this.#retired.add(configuration)
    const ended = this.#ofFunction(configuration).map(({ closed }) => closed)
    for (const environment of this.#idle.keys()) {
      if (environment.configuration === configuration) this.#stopIdle(environment)
    }
    await Promise.all(ended)
  }

  /** Stops all environments; running invocations end with an error, and waiting callers are rejected. */
  async stop(): Promise<void> {
    const all = this.#all()
    for (const idle of this.#idle.keys()) this.#removeIdle(idle)
    for (const waiter of this.#waiting.splice(0)) waiter.reject(stopping())
    await Promise.all(all.map((environment) => environment.stop()))
  }

  #all(): E[] {
    return [...this.#idle.keys(), ...this.#starting, ...this.#busy]
  }

  #ofFunction(configuration: FunctionConfiguration): E[] {
    return this.#all().filter((each) => each.configuration === configuration)
  }

  #startNext(): void {
    while (this.#starting.size < this.#limits.startsAtOnce) {
      const next = this.#waiting.find(({ configuration }) => this.#mayStart(configuration))
      if (!next || !this.#makeRoom()) return
      this.#initialize(next.configuration)
    }
  }

  #initialize(configuration: FunctionConfiguration): void {
    const environment = this.#options.start(configuration)
    this.#starting.add(environment)
    void environment.ready.then(({ initMs, error }) => {
      this.#starting.delete(environment)
      if (error) this.#handToWaiter(configuration, { environment, initMs, error })
      else this.#makeAvailable(environment, initMs)
      this.#startNext()
    })
  }

  #mayStart(configuration: FunctionConfiguration): boolean {
    const isOfFunction = (each: { configuration: FunctionConfiguration }) => each.configuration === configuration
    const starting = [...this.#starting].filter(isOfFunction).length
    if (starting >= this.#waiting.filter(isOfFunction).length) return false
    const { reservedConcurrency = Infinity } = configuration
    // Two processes cannot listen at one port for a debugger.
    const limit = isInspected({ configuration }) ? 1 : this.#limits.maxPerFunction
    return starting + [...this.#busy].filter(isOfFunction).length < Math.min(limit, reservedConcurrency)
  }

  #makeAvailable(environment: E, initMs?: number): void {
    if (this.#handToWaiter(environment.configuration, { environment, initMs })) {
      this.#busy.add(environment)
      return
    }
    if (this.#retired.has(environment.configuration)) void environment.stop()
    else this.#idle.set(environment, this.#stopWhenIdle(environment))
    // A waiting function may start once this environment is stopped.
    this.#startNext()
  }

  /** Least recently used environments are stopped first, so that the last one of a function is its most recently used. */
  #stopWhenIdle(environment: E): Cancel {
    const { idleMs, surplusIdleMs } = this.#limits
    if (isInspected(environment)) return () => {}
    const stop = () => this.#stopIdle(environment)
    let cancel = this.#options.clock.schedule(surplusIdleMs, () => {
      const others = this.#ofFunction(environment.configuration).filter(({ dead }) => !dead)
      if (others.length > 1) stop()
      else cancel = this.#options.clock.schedule(idleMs - surplusIdleMs, stop)
    })
    return () => cancel()
  }

  /** @returns false when no caller waits for the function */
  #handToWaiter(configuration: FunctionConfiguration, acquired: Acquired<E>): boolean {
    const waiter = this.#waiting.find((each) => each.configuration === configuration)
    this.#waiting = this.#waiting.filter((each) => each !== waiter)
    waiter?.resolve(acquired)
    return waiter !== undefined
  }

  /** @returns false when all environments are busy; the caller waits until one becomes idle */
  #makeRoom(): boolean {
    const memoryMb = this.#all().reduce((sum, environment) => sum + environment.privateMemoryMb, 0)
    const { maxEnvironments, memoryBudgetMb } = this.#limits
    if (this.size === 0 || (this.size < maxEnvironments && memoryMb < memoryBudgetMb)) return true
    const oldest = [...this.#idle.keys()].find((each) => !isInspected(each))
    if (oldest) this.#stopIdle(oldest)
    return oldest !== undefined
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
