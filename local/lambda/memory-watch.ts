import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Reading /proc takes about 20 µs, starting `ps` (macOS) a few milliseconds. A process that allocates 1 GB/s
 * overshoots its limit by 25 MB within the short interval.
 */
const intervalMs = process.platform === 'linux' ? 25 : 250

/**
 * Watches the resident memory of a process, including native allocations, while it runs. It measures a real process,
 * so it uses real time and not the system's clock. An environment with a small handler uses 50 to 55 MB, so even
 * the smallest memory size (128 MB) needs no allowance for Node.js itself: on Lambda the runtime counts too.
 */
export class MemoryWatch {
  readonly #pid: number
  readonly #limitBytes: number
  readonly #onExceeded: () => void
  #timer: NodeJS.Timeout | undefined
  #peakBytes = 0
  #privateBytes = 0
  #sampledAtMs = -Infinity

  constructor(options: { pid: number; limitBytes: number; onExceeded: () => void }) {
    this.#pid = options.pid
    this.#limitBytes = options.limitBytes
    this.#onExceeded = options.onExceeded
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#sample(), intervalMs)
  }

  /** Stops after one last sample, unless the last one is recent: most invocations are shorter than the interval. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    const isRecent = performance.now() - this.#sampledAtMs < intervalMs
    if (process.platform === 'linux' && !isRecent) void this.#sample()
  }

  /** The highest sample, for `Max Memory Used` in REPORT lines. */
  get peakMb(): number {
    return Math.ceil(this.#peakBytes / 1024 / 1024)
  }

  /** The last sample without the pages that all processes of one program share; outside Linux with them. */
  get privateMb(): number {
    return this.#privateBytes / 1024 / 1024
  }

  #sample(): void | Promise<void> {
    this.#sampledAtMs = performance.now()
    if (process.platform === 'linux') return this.#take(memoryOf(this.#pid))
    return residentBytesByPs(this.#pid).then((bytes) =>
      this.#take(bytes === undefined ? undefined : { resident: bytes, private: bytes }),
    )
  }

  #take(bytes: { resident: number; private: number } | undefined): void {
    if (bytes === undefined) return
    this.#privateBytes = bytes.private
    this.#peakBytes = Math.max(this.#peakBytes, bytes.resident)
    if (bytes.resident > this.#limitBytes) this.#onExceeded()
  }
}

/** @returns undefined when the process has ended */
function memoryOf(pid: number): { resident: number; private: number } | undefined {
  let status: string
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1')
  } catch {
    return undefined
  }
  const bytesOf = (field: string) => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  }
  const resident = bytesOf('VmRSS')
  return resident === undefined ? undefined : { resident, private: bytesOf('RssAnon') ?? resident }
}

function residentBytesByPs(pid: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, output) => {
      resolve(error ? undefined : Number(output.trim()) * 1024)
    })
  })
}
