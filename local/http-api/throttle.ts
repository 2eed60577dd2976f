import type { Clock } from '../clock.ts'

/** Refills at `ratePerSecond` and contains at most `burst` tokens; it is full at the start. */
export class TokenBucket {
  readonly #clock: Clock
  readonly #ratePerSecond: number
  readonly #burst: number
  #tokens: number
  #filledAtMs: number

  constructor(clock: Clock, limits: { ratePerSecond: number; burst: number }) {
    this.#clock = clock
    this.#ratePerSecond = limits.ratePerSecond
    this.#burst = limits.burst
    this.#tokens = limits.burst
    this.#filledAtMs = clock.now()
  }

  /** @returns whether a token was available */
  take(): boolean {
    const nowMs = this.#clock.now()
    const gained = ((nowMs - this.#filledAtMs) / 1000) * this.#ratePerSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + gained)
    this.#filledAtMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}

interface ThrottleSettings {
  readonly ThrottlingRateLimit?: number
  readonly ThrottlingBurstLimit?: number
}

/**
 * The buckets of one stage: the stage's default settings apply to each route separately, and a route's own
 * settings replace them.
 */
export function bucketsOf(
  clock: Clock,
  defaults: ThrottleSettings | undefined,
  byRoute: Readonly<Record<string, ThrottleSettings>> | undefined,
): (routeKey: string) => TokenBucket | undefined {
  const buckets = new Map<string, TokenBucket | undefined>()
  return (routeKey) => {
    if (!buckets.has(routeKey)) buckets.set(routeKey, bucketFor(clock, { ...defaults, ...byRoute?.[routeKey] }))
    return buckets.get(routeKey)
  }
}

function bucketFor(clock: Clock, settings: ThrottleSettings): TokenBucket | undefined {
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings
  if (rate === undefined && burst === undefined) return undefined
  // A missing setting defaults to the limits of an account (10,000 requests per second, bursts of 5,000).
  return new TokenBucket(clock, { ratePerSecond: Number(rate ?? 10_000), burst: Number(burst ?? 5_000) })
}
