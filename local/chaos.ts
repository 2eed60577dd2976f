/**
 * What a chaos run injects: only faults that AWS documents, with the page that documents each. `rate` is the probability
 * at each opportunity, `maximumMs` the longest delay, so that no fault delays work without bound. No acknowledged write is
 * ever lost.
 */
export const faults = {
  /** "On rare occasions … you might get that message copy again" (Amazon SQS at-least-once delivery). */
  'messages delivered again after their deletion': { rate: 0.05, maximumMs: 500 },
  /** The same page: both copies can be in flight together. */
  'messages delivered twice at once': { rate: 0.05, maximumMs: 100 },
  /** Standard queues preserve the order of messages only as a best effort (Amazon SQS standard queues). */
  'messages delayed and reordered': { rate: 0.1, maximumMs: 500 },
  /** A batch can succeed for some entries only, which the list Failed names (SendMessageBatch). */
  'failed entries of SQS batches': { rate: 0.03 },
  /** EventBridge delivers an event to a target at least once (Event delivery in Amazon EventBridge). */
  'events delivered twice': { rate: 0.05, maximumMs: 500 },
  /** EventBridge does not guarantee an order. */
  'events delayed and reordered': { rate: 0.1, maximumMs: 500 },
  /** Some entries of PutEvents can fail: FailedEntryCount (Handling failures with PutEvents). */
  'failed entries of PutEvents': { rate: 0.05 },
  /** TransactionCanceledException and TransactionConflictException (Amazon DynamoDB Transactions: How it works). */
  'transaction conflicts': { rate: 0.03 },
  /** ProvisionedThroughputExceededException, ThrottlingException (Error handling with DynamoDB). */
  'throttled table requests': { rate: 0.03 },
  /** "the response might not reflect the results of a recently completed write operation" (DynamoDB read consistency). */
  'stale reads': { rate: 0.2, maximumMs: 500 },
  /** UnprocessedKeys of BatchGetItem, UnprocessedItems of BatchWriteItem. */
  'unprocessed entries of table batches': { rate: 0.05 },
  /** Lambda may end an execution environment between any two invocations (Lambda execution environment lifecycle). */
  'execution environments ended': { rate: 0.02 },
} as const satisfies Record<string, { rate: number; maximumMs?: number }>

export type Fault = keyof typeof faults
/** A fault that delays something. */
export type Delay = { [Name in Fault]: (typeof faults)[Name] extends { maximumMs: number } ? Name : never }[Fault]

/** Decides where faults occur. */
export interface Chaos {
  /** Whether the fault occurs at this opportunity. */
  hits(fault: Fault): boolean
  /** From 1 ms up to the maximum of the fault; 0 when it does not occur at this opportunity. */
  delayMs(fault: Delay): number
  /** One of the values, for a fault that occurs. */
  pick<Value>(fault: Fault, values: readonly Value[]): Value
}

/** No fault ever occurs. */
export const noChaos: Chaos = { hits: () => false, delayMs: () => 0, pick: (_fault, [first]) => first! }

/** The decisions of a seed: each fault has a sequence of its own, which the number of other faults does not change. */
export function chaosOf(seed: number): Chaos {
  const sequences = new Map(Object.keys(faults).map((fault) => [fault, sequence(seed, fault)]))
  const next = (fault: Fault) => sequences.get(fault)!()
  const hits = (fault: Fault) => next(fault) < faults[fault].rate
  return {
    hits,
    delayMs: (fault) => (hits(fault) ? 1 + Math.floor(next(fault) * faults[fault].maximumMs) : 0),
    pick: (fault, values) => values[Math.floor(next(fault) * values.length)]!,
  }
}

/** One line that names every fault with its rate. */
export const describeChaos = (seed: number): string =>
  `Chaos with seed ${seed}: ${Object.entries(faults)
    .map(([fault, { rate }]) => `${fault} (${rate * 100} %)`)
    .join(', ')}`

/** Numbers from 0 (inclusive) to 1 (exclusive): Mulberry32, whose first state is an FNV-1a hash of seed and name. */
function sequence(seed: number, name: string): () => number {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(`${seed} ${name}`)) state = Math.imul(state ^ byte, 0x01000193) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
