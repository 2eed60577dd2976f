import * as z from 'zod'
import { problem, type Problem, type ProblemDefinition } from './problem.ts'

/** The header of every route that changes a version which the client has read (RFC 9110, If-Match). */
export const ifMatchHeaders = z.object({
  'if-match': z.string().describe('The ETag of the version that you read, with its quotation marks'),
})

export const ifMatchProblems = {
  'if-match-required': { status: 428, title: 'The If-Match header is missing' },
  'version-changed': { status: 412, title: 'The resource has another version' },
} as const satisfies Record<string, ProblemDefinition>

/** A route's `headersProblem`: a missing header is reported regardless of the body. */
export const ifMatchProblem = (): Problem =>
  problem(ifMatchProblems, 'if-match-required', 'Read the resource, and send its ETag as If-Match.')

export const versionChanged = (): Problem =>
  problem(ifMatchProblems, 'version-changed', 'Read the resource again, and decide whether to repeat the change.')

export const etagOf = (version: number): string => `"${version}"`

/** A list of ETags matches when one of them does; a weak one never matches, and `*` matches any version. */
export const matchesVersion = (ifMatch: string, version: number): boolean =>
  ifMatch.split(',').some((tag) => ['*', etagOf(version)].includes(tag.trim()))
