import { problem, validationFailed, type Problem, type ProblemDefinition } from '#shared/http/problem.ts'
import type { LineError, QuoteFailure } from './totals.ts'

export const quoteProblems = {
  'discount-not-applicable': { status: 422, title: 'The discount code does not apply' },
} as const satisfies Record<string, ProblemDefinition>

/** Lines that cannot be priced, of a request whose body has them as `items`. */
export const linesProblem = (errors: readonly LineError[]): Problem =>
  validationFailed(errors.map(({ index, field, detail }) => ({ pointer: `/items/${index}/${field}`, detail })))

/** One response for every reason, so that it does not show which codes exist. */
const detail = 'The code is unknown, not valid now or used up, or the subtotal is below its minimum.'
const discountProblem = problem(quoteProblems, 'discount-not-applicable', detail, {
  errors: [{ pointer: '/discountCode', detail }],
})

export const quoteProblem = (failure: QuoteFailure): Problem =>
  failure.kind === 'invalid-lines' ? linesProblem(failure.errors) : discountProblem
