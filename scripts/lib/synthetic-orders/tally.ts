import { quantile } from '../quantile.ts'
import { tableLines } from '../table.ts'

type Outcome =
  | { readonly kind: 'succeeded'; readonly latencyMs: number }
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
    if (outcome.kind === 'succeeded') {
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
      const counts = [`${latenciesMs.length} succeeded`, `${failed} failed`]
      return [name, ...counts, 'p50', inMs(quantile(latenciesMs, 0.5)), 'p95', inMs(quantile(latenciesMs, 0.95))]
    })
    const calls = tableLines(rows, ['left', 'right', 'right', 'left', 'right', 'left', 'right'])
    const faults = [...this.#faults].toSorted(([, a], [, b]) => b - a).map(([fault, times]) => `${times} × ${fault}`)
    return [...calls, ...faults]
  }
}

const inMs = (value: number): string => (Number.isNaN(value) ? '–' : `${Math.round(value)} ms`)
