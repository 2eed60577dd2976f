import type { Cancel, Clock } from '../clock.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { FunctionError } from './outcome.ts'

/** What a caller meets while the system goes down; no failure of the function, so nobody counts it as a try. */
export const stopping = () => new AwsError('ServiceException', 'The local system is stopping.', { statusCode: 500 })

/** What a caller gets from the pool: an environment for itself alone, or the reason why none could start. */
export type Acquired<E> =
  | { readonly kind: 'environment'; readonly environment: E; readonly initMs?: number }
  | { readonly kind: 'init-error'; readonly environment: E; readonly error: FunctionError }

type Poolable = Pick<ExecutionEnvironment, 'configuration' | 'ready' | 'dead' | 'stop'>

interface Waiter<E> {
  readonly configuration: FunctionConfiguration
  readonly resolve: (acquired: Acquired<E>) => void
  readonly reject: (error: Error) => void
}

/**
 * The execution environments of all functions. An idle one is used again, the most recently used first, so that the
 * others grow old and are reaped. Who waits for a cold start takes an environment that becomes idle meanwhile; on a
 * machine with few cores that, and the bound on simultaneous starts, keeps a burst from starting one process a request.
 */
export class EnvironmentPool<E extends Poolable = ExecutionEnvironment> {
  readonly #clock: Clock
  readonly #start: (configuration: FunctionConfiguration) => E
  readonly #idleMs: number
  readonly #surplusIdleMs: number
  readonly #startsAtOnce: number
  readonly #maxEnvironments: number
  readonly #maxPerFunction: number
  /** Least recently used first. */
  readonly #idle = new Map<E, Cancel>()
  readonly #starting = new Set<E>()
  readonly #busy = new Set<E>()
  #waiting: Waiter<E>[] = []

  constructor(options: {
    clock: Clock
    start: (configuration: FunctionConfiguration) => E
    /** After how long an unused environment is ended. */
    idleMs: number
    /** The same for one whose function has another environment: what a burst started goes soon after it. */
    surplusIdleMs: number
    /** How many may initialise at the same time. */
    startsAtOnce: number
    /** At this many processes the least recently used idle one makes room; when none is idle, starts wait. */
    maxEnvironments: number
    /** How many of one function may exist; beyond, its callers wait for one of them. */
    maxPerFunction: number
  }) {
    this.#clock = options.clock
    this.#start = options.start
    this.#idleMs = options.idleMs
    this.#surplusIdleMs = options.surplusIdleMs
    this.#startsAtOnce = options.startsAtOnce
    this.#maxEnvironments = options.maxEnvironments
    this.#maxPerFunction = options.maxPerFunction
  }

  get size(): number {
    return this.#idle.size + this.#starting.size + this.#busy.size
  }

  acquire(configuration: FunctionConfiguration): Promise<Acquired<E>> {
    const idle = [...this.#idle.keys()].findLast((each) => each.configuration === configuration && !each.dead)
    if (idle) {
      this.#forgetIdle(idle)
      this.#busy.add(idle)
      return Promise.resolve({ kind: 'environment', environment: idle })
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ configuration, resolve, reject })
      this.#startNext()
    })
  }

  /** Gives an environment back; a dead one, or one of a function that was replaced, is not used again. */
  release(environment: E): void {
    this.#busy.delete(environment)
    if (environment.dead) this.#startNext()
    else this.#offer(environment, {})
  }

  /** Ends the idle environments of a function that was replaced; busy ones end by age, since nobody asks for them any more. */
  retire(configuration: FunctionConfiguration): void {
    for (const environment of this.#idle.keys()) {
      if (environment.configuration === configuration) this.#end(environment)
    }
  }

  /** Ends all of them; what still runs answers that it was stopped, and who waits for one is refused. */
  async stop(): Promise<void> {
    const all = [...this.#idle.keys(), ...this.#starting, ...this.#busy]
    for (const cancel of this.#idle.values()) cancel()
    this.#idle.clear()
    for (const waiter of this.#waiting.splice(0)) waiter.reject(stopping())
    await Promise.all(all.map((environment) => environment.stop()))
  }

  #startNext(): void {
    while (this.#starting.size < this.#startsAtOnce) {
      const next = this.#waiting.find((waiter) => this.#mayStartFor(waiter))
      if (!next || !this.#makeRoom()) return
      const environment = this.#start(next.configuration)
      this.#starting.add(environment)
      void environment.ready.then((result) => {
        this.#starting.delete(environment)
        if (result.kind === 'ready') this.#offer(environment, { initMs: result.initMs })
        else this.#hand(environment.configuration, { kind: 'init-error', environment, error: result.error })
        this.#startNext()
      })
    }
  }

  #mayStartFor(waiter: Waiter<E>): boolean {
    const ofFunction = [...this.#starting, ...this.#busy].filter((each) => each.configuration === waiter.configuration)
    return ofFunction.length < this.#maxPerFunction && this.#startsFor(waiter) < this.#waitersLike(waiter)
  }

  #startsFor(waiter: Waiter<E>): number {
    return [...this.#starting].filter((each) => each.configuration === waiter.configuration).length
  }

  #waitersLike(waiter: Waiter<E>): number {
    return this.#waiting.filter((each) => each.configuration === waiter.configuration).length
  }

  #offer(environment: E, { initMs }: { initMs?: number }): void {
    if (this.#hand(environment.configuration, { kind: 'environment', environment, initMs })) {
      this.#busy.add(environment)
      return
    }
    this.#idle.set(environment, this.#endWhenIdle(environment))
    // Another function may wait for the room that this one can make.
    this.#startNext()
  }

  /** The least recently used ones fall due first, so that the last one of a function is the one it used last. */
  #endWhenIdle(environment: E): Cancel {
    const { configuration } = environment
    let cancel = this.#clock.schedule(this.#surplusIdleMs, () => {
      if (this.#countOf(configuration) > 1) return this.#end(environment)
      cancel = this.#clock.schedule(this.#idleMs - this.#surplusIdleMs, () => this.#end(environment))
    })
    return () => cancel()
  }

  #countOf(configuration: FunctionConfiguration): number {
    const all = [...this.#idle.keys(), ...this.#starting, ...this.#busy]
    return all.filter((each) => each.configuration === configuration && !each.dead).length
  }

  /** @returns false when nobody waits for the function */
  #hand(configuration: FunctionConfiguration, acquired: Acquired<E>): boolean {
    const waiter = this.#waiting.find((each) => each.configuration === configuration)
    if (!waiter) return false
    this.#waiting = this.#waiting.filter((each) => each !== waiter)
    waiter.resolve(acquired)
    return true
  }

  /** @returns false when all environments are at work; who waits goes on when one of them is free */
  #makeRoom(): boolean {
    if (this.size < this.#maxEnvironments) return true
    const [oldest] = this.#idle.keys()
    if (oldest) this.#end(oldest)
    return oldest !== undefined
  }

  #end(environment: E): void {
    this.#forgetIdle(environment)
    void environment.stop()
  }

  #forgetIdle(environment: E): void {
    this.#idle.get(environment)?.()
    this.#idle.delete(environment)
  }
}
