/** The outcome of something that is expected to fail at times: named reasons, no exceptions. Bugs throw. */
export type Result<Value, Failure> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure }

export const ok = <Value>(value: Value) => ({ ok: true, value }) as const
export const failed = <Failure>(failure: Failure) => ({ ok: false, failure }) as const

/** Ends a switch over a union: a member that nobody handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`)
}
