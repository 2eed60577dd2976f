/** One thing that is asked of both implementations. */
export type Step =
  /** One call. */
  | { readonly kind: 'call'; readonly operation: string; readonly input: any }
  /** Query or Scan, from page to page until the last. */
  | { readonly kind: 'pages'; readonly operation: 'Query' | 'Scan'; readonly input: any }
  /** Everything that the stream of a table holds. */
  | { readonly kind: 'stream'; readonly table: string }

/** Tables made anew, and what happens to them in order. */
export interface Sequence {
  readonly seed: number
  /** Inputs of CreateTable. */
  readonly tables: readonly any[]
  readonly steps: readonly Step[]
}

/** What a step is answered with, brought to a form in which only what is promised can differ. */
export type Answer = { readonly output: any } | { readonly error: { readonly name: string } & Record<string, any> }

/** A sentence that names a step, for people. */
export const stepText = (step: Step): string =>
  step.kind === 'stream'
    ? `the stream of ${step.table}`
    : `${step.operation}${step.kind === 'pages' ? ' (all pages)' : ''}`
