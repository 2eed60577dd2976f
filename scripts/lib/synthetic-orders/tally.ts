import { tableLines } from '../table.ts'

type Outcome =
  | { readonly kind: 'answered'; readonly latencyMs: number }
  | { readonly kind: 'failed'; readonly why: string }

interface Call {
  readonly latenciesMs: number[]
  failed: number
}

/** Counts the outcomes of calls by name. */
export class Tally {
  readonly #calls = new Map<string, Call>()
  readonly #faults = new Map<string, number>()

  add(name: string, outcome: Outcome): void {
    const call = this.#calls.get(name) ?? { latenciesMs: [], failed: 0 }
    this.#calls.set(name, call)
    if (outcome.kind === 'answered') {
      call.latenciesMs.push(outcome.latencyMs)
      return
    }
    call.failed += 1
    const fault = `${name}: ${outcome.why}`
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1)
  }

  get total(): number {
    return [...this.#calls.values()].reduce((sum, { latenciesMs, failed }) => sum + latenciesMs.length + failed, 0)
  }

  get failed(): number {
    return [...this.#calls.values()].reduce((sum, { failed }) => sum + failed, 0)
  }

  /** 0 to 1; 1 without any call, since success is unproven. */
  get errorShare(): number {
    return this.total === 0 ? 1 : this.failed / this.total
  }

  /** A line for each call, then one for each fault with its number of occurrences, the most frequent first. */
  lines(): string[] {
    const rows = [...this.#calls].map(([name, { latenciesMs, failed }]) => {
      const sorted = latenciesMs.toSorted((a, b) => a - b)
      const counts = [`${sorted.length} succeeded`, `${failed} failed`]
      return [name, ...counts, 'p50', inMs(percentile(sorted, 0.5)), 'p95', inMs(percentile(sorted, 0.95))]
    })
    const calls = tableLines(rows, ['left', 'right', 'right', 'left', 'right', 'left', 'right'])
    const faults = [...this.#faults].toSorted(([, a], [, b]) => b - a).map(([fault, times]) => `${times} × ${fault}`)
    return [...calls, ...faults]
  }
}

/** Of sorted values, by the nearest rank; undefined without a value. */
export const percentile = (sorted: readonly number[], share: number): number | undefined =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]

const inMs = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value)} ms`)
