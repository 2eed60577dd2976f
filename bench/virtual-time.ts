/**
 * Time that passes only while every task sleeps. One task runs at a time, so that runs with the same seed are equal on
 * every machine.
 */
export class VirtualTime {
  #nowMs = 0
  #sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []
  #taskPaused: () => void = () => {}

  get nowMs(): number {
    return this.#nowMs
  }

  /** Called by a task, which must not await anything else that outlasts the sleep. */
  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ untilMs: this.#nowMs + ms, wake })
      this.#taskPaused()
    })
  }

  /** Runs the tasks, from now, until all have ended. */
  async run(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    const ended = Promise.all(
      tasks.map(async (task) => {
        await this.sleep(0)
        try {
          await task()
        } finally {
          this.#taskPaused()
        }
      }),
    )
    // The error of a task is thrown at the end; until then it must not count as unhandled.
    ended.catch(() => {})
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.untilMs - b.untilMs)[0]
      if (!next) break
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next)
      this.#nowMs = Math.max(this.#nowMs, next.untilMs)
      const paused = new Promise<void>((resolve) => (this.#taskPaused = resolve))
      next.wake()
      await paused
    }
    await ended
  }
}
