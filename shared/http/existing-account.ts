import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { apiHandler, type ApiFunction } from './api-handler.ts'
import { userOf } from './parse-request.ts'
import { commonProblems, problem } from './problem.ts'
import type { Route } from './route.ts'

/**
 * Makes the handler of a customer route return 404 `account-deleted` to customers who deleted their account, before it looks
 * at the request: their access tokens stay valid for up to an hour.
 */
export function forExistingAccount(
  route: Route & { readonly access: 'customer' },
  isDeleted: (userId: string) => Promise<boolean>,
  handler: ApiFunction,
): ApiFunction {
  const check = async (event: APIGatewayProxyEventV2) =>
    (await isDeleted(userOf(route, event)!)) ? accountDeletedProblem : undefined
  return async (event, context) => {
    const rejection = check(event)
    const isAdmitted = await rejection.then(
      (found) => found === undefined,
      () => false,
    )
    if (isAdmitted) return handler(event, context)
    return apiHandler(route, async () => ({ problem: accountDeletedProblem }), { authenticate: () => rejection })(
      event,
      context,
    )
  }
}

export const accountDeletedProblem = problem(commonProblems, 'account-deleted', 'Sign up to open a new account.')
