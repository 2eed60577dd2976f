/** One request to both implementations. */
export type Step =
  /** One call. */
  | { readonly kind: 'call'; readonly operation: string; readonly input: any }
  /** Query or Scan, all pages. */
  | { readonly kind: 'pages'; readonly operation: 'Query' | 'Scan'; readonly input: any }
  /** All records in the stream of a table. */
  | { readonly kind: 'stream'; readonly table: string }

/** New tables, and the requests to them in order. */
export interface Sequence {
  readonly seed: number
  /** Inputs of CreateTable. */
  readonly tables: readonly any[]
  readonly steps: readonly Step[]
}

/** The response to a step, normalized so that only guaranteed properties can differ. */
export type StepResponse =
  | { readonly output: any }
  | { readonly error: { readonly name: string } & Record<string, any> }

/** A description of a step for messages. */
export const stepText = (step: Step): string =>
  step.kind === 'stream'
    ? `the stream of ${step.table}`
    : `${step.operation}${step.kind === 'pages' ? ' (all pages)' : ''}`
