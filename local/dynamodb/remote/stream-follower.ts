import { AwsError } from '../../wire/aws-error.ts'
import { StreamCopy, type CopiedStream, type CopyContext } from './stream-copy.ts'

/** A write that went through us is looked for at once; others (a time to live, another client) within this. */
const longestPauseMs = 1000
const firstPauseMs = 20

/** Keeps copying a stream until it is stopped. */
export class StreamFollower {
  readonly #copy: StreamCopy
  readonly #context: CopyContext
  readonly #stopped = new AbortController()
  readonly #what: string
  #idleRounds = 0
  #cancelPause: (() => void) | undefined
  #running = false

  constructor(stream: CopiedStream, context: CopyContext) {
    this.#copy = new StreamCopy(stream, context)
    this.#context = context
    this.#what = `The stream ${stream.remoteArn}`
  }

  /** Copies what there is, and returns when there is no more. @throws AwsError as the other endpoint answered it */
  async catchUp(): Promise<void> {
    for (;;) {
      const { records, finishedShards } = await this.#copy.round(this.#stopped.signal)
      if (records === 0 && finishedShards === 0) return
    }
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#follow().catch((error: Error) => this.#context.warn(`${this.#what} is not read any more: ${error.stack}`))
  }

  /** Looks at once, since there is probably something. */
  wake(): void {
    this.#idleRounds = 0
    this.#cancelPause?.()
  }

  stop(): void {
    this.#stopped.abort()
    this.#cancelPause?.()
  }

  async #follow(): Promise<void> {
    let told: string | undefined
    while (!this.#stopped.signal.aborted) {
      try {
        const { records, finishedShards } = await this.#copy.round(this.#stopped.signal)
        told = undefined
        this.#idleRounds = records + finishedShards > 0 ? 0 : this.#idleRounds + 1
      } catch (error) {
        if (this.#stopped.signal.aborted) return
        if (!(error instanceof AwsError)) throw error
        const sentence = `${this.#what} waits: ${error.message}`
        if (told !== sentence) this.#context.warn(sentence)
        told = sentence
        this.#idleRounds += 1
      }
      await this.#pause()
    }
  }

  #pause(): Promise<void> {
    if (this.#idleRounds === 0 || this.#stopped.signal.aborted) return Promise.resolve()
    const delayMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#idleRounds - 1))
    return new Promise((resolve) => {
      const cancel = this.#context.engine.clock.schedule(delayMs, resolve)
      this.#cancelPause = () => {
        cancel()
        resolve()
      }
    })
  }
}
