/** A two-way outcome. Expected failures are values; bugs throw. For more outcomes, use a union on `kind`. */
export type Result<Value, Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure }

export const ok = <Value>(value: Value) => ({ ok: true, value }) as const
export const failed = <Failure>(failure: Failure) => ({ ok: false, failure }) as const

/** The `default` of a switch over a union: a missing case does not compile. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`)
}
