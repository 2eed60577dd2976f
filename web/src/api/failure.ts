/** A field that the API rejected. */
export interface FieldProblem {
  /** JSON pointer into the request, such as `/shippingAddress/postalCode`. */
  readonly pointer: string
  readonly detail: string
}

/** A request that got an error response, or none. */
export class ApiFailure extends Error {
  /** The HTTP status, 0 when there was no response. */
  readonly status: number
  /** The problem's code; `offline` or `timeout` without a response, `gateway` for a response that no function wrote. */
  readonly code: string
  readonly fields: readonly FieldProblem[]
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** The whole problem, which has more members for some codes. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    problem: Readonly<Record<string, unknown>>,
    options: { code?: string; retryAfterSeconds?: number } = {},
  ) {
    super(typeof problem['detail'] === 'string' ? problem['detail'] : `The request failed with ${status}.`)
    this.name = 'ApiFailure'
    this.status = status
    this.problem = problem
    this.code = typeof problem['code'] === 'string' ? problem['code'] : (options.code ?? 'gateway')
    this.fields = Array.isArray(problem['errors']) ? (problem['errors'] as FieldProblem[]) : []
    this.requestId = typeof problem['requestId'] === 'string' ? problem['requestId'] : undefined
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  /** Whether the same request may succeed later. A request that changes something is only safe with its Idempotency-Key. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/**
 * The failure of a request that the API has refused. Null for a temporary one: where the page has been read again since, it
 * shows whether the request arrived.
 */
export const refusalOf = (error: Error | null): Error | null =>
  error instanceof ApiFailure && error.isTemporary ? null : error

/** Whether a change was refused because the stored version is not the one that it replaces. */
export const isStale = (error: unknown): boolean => error instanceof ApiFailure && error.status === 412

/** @returns the failure of a response that is not a success */
export function failureOf(response: Response, body: unknown): ApiFailure {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return new ApiFailure(response.status, problem, Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {})
}

/** No response arrived: the browser is offline, the server is not reachable, or the response took too long. */
export const noResponse = (code: 'offline' | 'timeout' = 'offline'): ApiFailure => new ApiFailure(0, {}, { code })

interface Explanation {
  readonly title: string
  /** What the user can do. */
  readonly advice: string
}

const explanations: Readonly<Record<string, Explanation>> = {
  offline: {
    title: 'The shop cannot be reached',
    advice: 'Check your connection, then try again. Nothing was lost.',
  },
  timeout: { title: 'The shop does not respond', advice: 'Try again in a moment. Nothing was lost.' },
  'not-found': { title: 'Not found', advice: 'It may have been removed, or the address is wrong.' },
  'account-deleted': { title: 'This account was deleted', advice: 'Sign up again to use the shop as a new customer.' },
  'discount-not-applicable': {
    title: 'This code cannot be used',
    advice: 'Check the spelling. A code may have expired, be used up, or need a larger order.',
  },
  'rate-limited': { title: 'Too many requests', advice: 'Wait a moment, then try again.' },
  'order-not-cancellable': {
    title: 'The order can no longer be cancelled',
    advice: 'It was shipped or has ended. Once it has arrived, you can return it.',
  },
  'order-not-returnable': { title: 'This order cannot be returned now', advice: 'Reload the page to see its status.' },
  'return-period-over': {
    title: 'The return period is over',
    advice: 'Returns are possible for 30 days after delivery.',
  },
  'version-changed': {
    title: 'Someone else changed this in the meantime',
    advice: 'Compare both versions, then save again.',
  },
  'no-product': { title: 'No product has this SKU', advice: 'Add the product first, then its pieces.' },
  'sku-exists': { title: 'This SKU exists already', advice: 'Each product needs a SKU of its own.' },
  'validation-failed': { title: 'Some values were rejected', advice: 'Correct them, then send the form again.' },
}

/** What to show for a failed request. */
export function explain(error: unknown): Explanation {
  if (!(error instanceof ApiFailure)) return { title: 'Something went wrong', advice: 'Reload the page to try again.' }
  const known = explanations[error.code]
  if (known && Object.hasOwn(explanations, error.code)) return known
  if (error.status === 401)
    return { title: 'Your session had ended', advice: 'Once you are signed in, try again. Nothing was lost.' }
  if (error.status === 403) return { title: 'You have no access to this', advice: 'Sign in with an account that has.' }
  if (error.status === 404) return explanations['not-found']!
  if (error.status === 429) return explanations['rate-limited']!
  if (error.status >= 500) {
    return { title: 'The shop has a problem', advice: 'Try again in a moment. Nothing was lost.' }
  }
  return { title: error.message, advice: 'Change the request, then try again.' }
}

/**
 * The rejected values of a form: those of the fields that it shows, where the user corrects them, and the others, which its
 * summary lists. A field also has the problems of the values within it.
 * @param pointers of the fields that the form shows
 */
export function fieldProblems<Pointer extends string>(
  error: unknown,
  pointers: readonly Pointer[],
): { readonly at: Readonly<Record<Pointer, string | undefined>>; readonly others: readonly FieldProblem[] } {
  const rejected = error instanceof ApiFailure ? error.fields : []
  const isOf = (pointer: string) => (problem: FieldProblem) =>
    problem.pointer === pointer || problem.pointer.startsWith(`${pointer}/`)
  const textOf = (pointer: string) =>
    [...new Set(rejected.filter(isOf(pointer)).map(({ detail }) => detail))].join(' ') || undefined
  return {
    at: Object.fromEntries(pointers.map((pointer) => [pointer, textOf(pointer)])) as Record<
      Pointer,
      string | undefined
    >,
    others: rejected.filter((problem) => !pointers.some((pointer) => isOf(pointer)(problem))),
  }
}
