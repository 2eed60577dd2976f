import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Reading /proc takes about 40 µs, starting `ps` (macOS) a few milliseconds. */
const hasProc = process.platform === 'linux'
const leastIntervalMs = hasProc ? 25 : 250
/** Twice as fast as a process of Node fills buffers: none exceeds its limit by more than it fills in the least interval. */
const megabytesPerMs = 4

/**
 * Watches the resident memory of a process, including native allocations, while it runs. It measures a real process,
 * so it uses real time and not the system's clock. An environment with a small handler uses 50 to 55 MB, so even
 * the smallest memory size (128 MB) needs no allowance for Node.js itself: on Lambda the runtime counts too.
 */
export class MemoryWatch {
  readonly #pid: number
  readonly #limitMb: number
  readonly #onExceeded: () => void
  #timer: NodeJS.Timeout | undefined
  #residentMb = 0
  #peakMb = 0
  #privateMb = 0
  #sampledAtMs = -Infinity

  constructor(options: { pid: number; limitMb: number; onExceeded: () => void }) {
    this.#pid = options.pid
    this.#limitMb = options.limitMb
    this.#onExceeded = options.onExceeded
  }

  start(): void {
    this.#timer ??= this.#sampleLater()
  }

  /** Stops after one last sample, unless the last one is recent and far from the limit. */
  stop(): void {
    if (!this.#timer) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    const passedMs = performance.now() - this.#sampledAtMs
    if (hasProc && passedMs >= Math.min(leastIntervalMs, this.#safeMs())) this.#sample()
  }

  /** For `Max Memory Used` in REPORT lines; on Linux also of the time between the samples. */
  get peakMb(): number {
    return Math.ceil(this.#peakMb)
  }

  /** The last sample without the pages that all processes of one program share; outside Linux with them. */
  get privateMb(): number {
    return this.#privateMb
  }

  /** Not before the process can have reached its limit; in the least interval where only samples are known. */
  #sampleLater(): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#sample()
        if (this.#timer) this.#timer = this.#sampleLater()
      },
      Math.max(leastIntervalMs, hasProc ? this.#safeMs() : 0),
    )
  }

  /** How long after a sample the process cannot have reached its limit. */
  #safeMs(): number {
    return (this.#limitMb - this.#residentMb) / megabytesPerMs
  }

  #sample(): void {
    this.#sampledAtMs = performance.now()
    if (hasProc) return this.#take(statusOf(this.#pid))
    execFile('ps', ['-o', 'rss=', '-p', String(this.#pid)], (_error, output) =>
      this.#take(`VmRSS: ${output.trim()} kB`),
    )
  }

  /** @param status as in /proc; empty when the process has ended */
  #take(status: string): void {
    const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024
    const residentMb = megabytes('VmRSS')
    if (Number.isNaN(residentMb)) return
    this.#residentMb = residentMb
    this.#privateMb = megabytes('RssAnon') || residentMb
    this.#peakMb = Math.max(this.#peakMb, megabytes('VmHWM') || residentMb)
    if (this.#peakMb > this.#limitMb) this.#onExceeded()
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1')
  } catch {
    return ''
  }
}
