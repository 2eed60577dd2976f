import type { RateLimited } from '../rate-limit.ts'
import { problem, type Problem, type ProblemDefinition } from './problem.ts'

export const rateLimitProblems = {
  'rate-limited': { status: 429, title: "The customer's own rate limit is used up" },
} as const satisfies Record<string, ProblemDefinition>

export const rateLimited = ({ retryAfterSeconds }: RateLimited): Problem =>
  problem(rateLimitProblems, 'rate-limited', `Try again in ${retryAfterSeconds} seconds.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  })
