import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import type { Invoke, LambdaAuthorizerConfiguration } from './model.ts'

type LambdaOutcome =
  | { readonly outcome: 'authorized'; readonly context: unknown }
  | { readonly outcome: 'forbidden' }
  | { readonly outcome: 'unauthorized' }
  | { readonly outcome: 'failed'; readonly reason: string }

/** Asks authorizer functions (payload 2.0, simple responses) and keeps their answers for as long as each authorizer says. */
export class LambdaAuthorizer {
  readonly #clock: Clock
  readonly #invoke: Invoke
  readonly #answers = new Map<string, { outcome: LambdaOutcome; expiresAtMs: number }>()

  constructor(clock: Clock, invoke: Invoke) {
    this.#clock = clock
    this.#invoke = invoke
  }

  /** @param identity the values of the identity sources, which are also the key of the cache */
  async authorize(
    configuration: LambdaAuthorizerConfiguration,
    identity: readonly string[],
    event: object,
    caller: Principal,
  ): Promise<LambdaOutcome> {
    const key = JSON.stringify([configuration.authorizerId, identity])
    const kept = this.#answers.get(key)
    if (kept && kept.expiresAtMs > this.#clock.now()) return kept.outcome
    const { payload, functionError } = await this.#invoke(configuration.functionArn, event, caller)
    const outcome = functionError ? failure(payload) : interpretSimple(payload)
    const isAnswer = outcome.outcome === 'authorized' || outcome.outcome === 'forbidden'
    if (isAnswer && configuration.resultTtlSeconds > 0 && identity.length > 0)
      this.#keep(key, outcome, configuration.resultTtlSeconds)
    return outcome
  }

  #keep(key: string, outcome: LambdaOutcome, ttlSeconds: number): void {
    const nowMs = this.#clock.now()
    for (const [other, { expiresAtMs }] of this.#answers) if (expiresAtMs <= nowMs) this.#answers.delete(other)
    this.#answers.set(key, { outcome, expiresAtMs: nowMs + ttlSeconds * 1000 })
  }
}

/** A function that throws an error with exactly this message asks for a 401; any other error is a 500. */
function failure(payload: unknown): LambdaOutcome {
  const message = (payload as { errorMessage?: unknown } | null)?.errorMessage
  return message === 'Unauthorized'
    ? { outcome: 'unauthorized' }
    : { outcome: 'failed', reason: `The authorizer function failed: ${String(message)}` }
}

function interpretSimple(payload: unknown): LambdaOutcome {
  const { isAuthorized, context } = (payload ?? {}) as { isAuthorized?: unknown; context?: unknown }
  if (typeof isAuthorized !== 'boolean')
    return { outcome: 'failed', reason: 'The authorizer function did not answer { isAuthorized: true or false }.' }
  return isAuthorized ? { outcome: 'authorized', context: context ?? null } : { outcome: 'forbidden' }
}
