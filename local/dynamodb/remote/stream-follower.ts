import { AwsError } from '../../wire/aws-error.ts'
import { StreamCopy, type CopiedStream, type CopyContext } from './stream-copy.ts'

/** Writes through this system are read immediately; others (time to live, another client) within this time. */
const maxPauseMs = 1000
const firstPauseMs = 20

/** Copies a stream continuously until it is stopped. */
export class StreamFollower {
  readonly #copy: StreamCopy
  readonly #context: CopyContext
  readonly #stopped = new AbortController()
  readonly #remoteArn: string
  #idleRounds = 0
  #cancelPause: (() => void) | undefined
  #running = false

  constructor(stream: CopiedStream, context: CopyContext) {
    this.#copy = new StreamCopy(stream, context)
    this.#context = context
    this.#remoteArn = stream.remoteArn
  }

  /** Copies all existing records. @throws AwsError of the remote endpoint */
  async catchUp(): Promise<void> {
    for (;;) {
      const { records, finishedShards } = await this.#copy.round(this.#stopped.signal)
      if (records === 0 && finishedShards === 0) return
    }
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#follow().catch((error: Error) =>
      this.#context.warn(`The stream ${this.#remoteArn} is no longer copied: ${error.stack}`),
    )
  }

  /** Ends the pause, since there is probably a new record. */
  wake(): void {
    this.#idleRounds = 0
    this.#cancelPause?.()
  }

  stop(): void {
    this.#stopped.abort()
    this.#cancelPause?.()
  }

  async #follow(): Promise<void> {
    let lastWarning: string | undefined
    while (!this.#stopped.signal.aborted) {
      try {
        const { records, finishedShards } = await this.#copy.round(this.#stopped.signal)
        lastWarning = undefined
        this.#idleRounds = records + finishedShards > 0 ? 0 : this.#idleRounds + 1
      } catch (error) {
        if (this.#stopped.signal.aborted) return
        if (!(error instanceof AwsError)) throw error
        const warning = `The stream ${this.#remoteArn} cannot be read and is retried: ${error.message}`
        if (lastWarning !== warning) this.#context.warn(warning)
        lastWarning = warning
        this.#idleRounds += 1
      }
      await this.#pause()
    }
  }

  #pause(): Promise<void> {
    if (this.#idleRounds === 0 || this.#stopped.signal.aborted) return Promise.resolve()
    const delayMs = Math.min(maxPauseMs, firstPauseMs * 2 ** (this.#idleRounds - 1))
    return new Promise((resolve) => {
      const cancel = this.#context.engine.clock.schedule(delayMs, resolve)
      this.#cancelPause = () => {
        cancel()
        resolve()
      }
    })
  }
}
