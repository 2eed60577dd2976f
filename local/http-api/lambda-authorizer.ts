import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import type { Invoke, LambdaAuthorizerConfiguration } from './model.ts'

type LambdaOutcome =
  | { readonly outcome: 'authorized'; readonly context: unknown }
  | { readonly outcome: 'forbidden' }
  | { readonly outcome: 'unauthorized' }
  | { readonly outcome: 'failed'; readonly reason: string }

/**
 * Invokes authorizer functions (payload format 2.0, simple responses) and caches their results for the authorizer's
 * TTL.
 */
export class LambdaAuthorizer {
  readonly #clock: Clock
  readonly #invoke: Invoke
  readonly #cache = new Map<string, { outcome: LambdaOutcome; expiresAtMs: number }>()

  constructor(clock: Clock, invoke: Invoke) {
    this.#clock = clock
    this.#invoke = invoke
  }

  /** @param identity the values of the identity sources, which are also the cache key */
  async authorize(
    configuration: LambdaAuthorizerConfiguration,
    identity: readonly string[],
    event: object,
    caller: Principal,
  ): Promise<LambdaOutcome> {
    const key = JSON.stringify([configuration.authorizerId, identity])
    const cached = this.#cache.get(key)
    if (cached && cached.expiresAtMs > this.#clock.now()) return cached.outcome
    const { payload, functionError } = await this.#invoke(configuration.functionArn, event, caller)
    const outcome = functionError ? failure(payload) : interpretSimple(payload)
    const isCacheable = outcome.outcome === 'authorized' || outcome.outcome === 'forbidden'
    if (isCacheable && configuration.resultTtlSeconds > 0 && identity.length > 0)
      this.#store(key, outcome, configuration.resultTtlSeconds)
    return outcome
  }

  #store(key: string, outcome: LambdaOutcome, ttlSeconds: number): void {
    const nowMs = this.#clock.now()
    for (const [other, { expiresAtMs }] of this.#cache) if (expiresAtMs <= nowMs) this.#cache.delete(other)
    this.#cache.set(key, { outcome, expiresAtMs: nowMs + ttlSeconds * 1000 })
  }
}

/** An error with exactly this message results in a 401; any other error in a 500. */
function failure(payload: unknown): LambdaOutcome {
  const message = (payload as { errorMessage?: unknown } | null)?.errorMessage
  return message === 'Unauthorized'
    ? { outcome: 'unauthorized' }
    : { outcome: 'failed', reason: `The authorizer function failed: ${String(message)}` }
}

function interpretSimple(payload: unknown): LambdaOutcome {
  const { isAuthorized, context } = (payload ?? {}) as { isAuthorized?: unknown; context?: unknown }
  if (typeof isAuthorized !== 'boolean')
    return { outcome: 'failed', reason: 'The authorizer function did not return { isAuthorized: true or false }.' }
  return isAuthorized ? { outcome: 'authorized', context: context ?? null } : { outcome: 'forbidden' }
}
