import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { rateLimited } from '#shared/http/rate-limit.ts'
import { quoteProblem } from '../problems.ts'
import * as routes from '../routes.ts'
import { createQuote, type QuoteDependencies } from '../use-cases/create-quote.ts'

export const createQuoteHandler = (dependencies: QuoteDependencies) =>
  apiHandler(routes.createQuote, async ({ body, sourceAddress }): Promise<ApiReply> => {
    const outcome = await createQuote(dependencies, body, sourceAddress)
    if (outcome.kind === 'quoted') return { status: 200, body: outcome.quote }
    return { problem: outcome.kind === 'rate-limited' ? rateLimited(outcome) : quoteProblem(outcome) }
  })
