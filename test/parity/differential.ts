import { same } from './canonical.ts'
import { embeddedEndpoint, type TableEndpoint } from './endpoint.ts'
import { explained } from './known-differences.ts'
import { replay } from './replay.ts'
import type { StepResponse, Sequence, Step } from './sequence.ts'

/** The first step for which two implementations return different responses. */
export interface Difference {
  readonly index: number
  readonly step: Step
  readonly ours: StepResponse
  readonly theirs: StepResponse
}

export interface Comparison {
  /** How many steps had equal responses, or different ones for a known reason. */
  readonly compared: number
  /** How often each known difference explained a response, by its name. */
  readonly known: ReadonlyMap<string, number>
  readonly difference?: Difference
  /** The responses of the other implementation up to the difference. */
  readonly theirs: readonly StepResponse[]
}

/** Compares the embedded tables with another implementation, step by step until the first difference. */
export const compareWith = (endpoint: TableEndpoint, sequence: Sequence): Promise<Comparison> =>
  compare(sequence, replay(endpoint, sequence))

/** Compares the embedded tables with recorded responses. */
export const compareWithRecorded = (sequence: Sequence, responses: readonly StepResponse[]): Promise<Comparison> =>
  compare(sequence, fromList(responses))

async function* fromList(responses: readonly StepResponse[]): AsyncGenerator<StepResponse, void> {
  yield* responses
}

async function compare(sequence: Sequence, theirs: AsyncGenerator<StepResponse, void>): Promise<Comparison> {
  const ours = replay(await embeddedEndpoint(), sequence)
  const known = new Map<string, number>()
  const responses: StepResponse[] = []
  try {
    for (const [index, step] of sequence.steps.entries()) {
      const [own, other] = [await next(ours), await next(theirs)]
      responses.push(other)
      if (same(own, other)) continue
      const reasons = explained(own, other, step)
      if (!reasons)
        return { compared: index, known, theirs: responses, difference: { index, step, ours: own, theirs: other } }
      for (const { name } of reasons) known.set(name, (known.get(name) ?? 0) + 1)
    }
    return { compared: sequence.steps.length, known, theirs: responses }
  } finally {
    await Promise.all([ours.return(), theirs.return()])
  }
}

async function next(responses: AsyncGenerator<StepResponse, void>): Promise<StepResponse> {
  const { value, done } = await responses.next()
  if (done) throw new Error('There are fewer responses than steps.')
  return value
}

/** Removes the steps that do not cause the difference: halves first, then single steps. */
export async function shrink(
  sequence: Sequence,
  index: number,
  differs: (candidate: Sequence) => Promise<boolean>,
): Promise<Sequence> {
  const last = sequence.steps[index]!
  let before = sequence.steps.slice(0, index)
  for (let size = Math.ceil(before.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = before.length - size; start > -size; start -= size) {
      const from = Math.max(0, start)
      const fewer = [...before.slice(0, from), ...before.slice(start + size)]
      if (fewer.length < before.length && (await differs({ ...sequence, steps: [...fewer, last] }))) before = fewer
    }
  }
  return { ...sequence, steps: [...before, last] }
}
