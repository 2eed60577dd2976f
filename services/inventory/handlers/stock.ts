import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { idempotentRequest, replay } from '#shared/http/idempotency.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import type { Answer } from '#shared/idempotency.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { Sku } from '#shared/text.ts'
import { maxAvailable, type Stock } from '../domain/stock.ts'
import type { StockLedger } from '../ports.ts'
import * as routes from '../routes.ts'
import { adjustStock, type AdjustStockFailure, type StockDependencies } from '../use-cases/adjust-stock.ts'

export const adjustStockHandler = (dependencies: StockDependencies) =>
  apiHandler(routes.adjustStock, async (request): Promise<ApiReply> => {
    const { parameters, headers, body, userId: staffId, cause } = request
    const { sku } = parameters
    const { reason, set, add } = body
    const adjustment = set === undefined ? { add: add! } : { set }
    const key = headers['idempotency-key']
    const keyed =
      key === undefined
        ? undefined
        : idempotentRequest(routes.adjustStock, { ...request, headers: { 'idempotency-key': key } })
    const once = keyed && { request: keyed, answerOf }
    const outcome = await adjustStock(dependencies, { sku, adjustment, staffId, reason, cause, once })
    if (!outcome.ok) return { problem: problemOf(outcome.failure) }
    if (outcome.value.kind === 'key-used') return replay(outcome.value.stored, keyed!)
    logger.appendKeys({ sku, adjustment })
    return answerOf(outcome.value.stock)
  })

const answerOf = (stock: Stock): Answer => ({ status: 200, headers: {}, body: routes.StockView.parse(stock) })

const problems = {
  'below-zero': { code: 'stock-below-zero', detail: 'Reserved pieces cannot be removed.' },
  'too-many': { code: 'stock-too-large', detail: `A stock has at most ${maxAvailable} available pieces.` },
  contended: { code: 'stock-contended', detail: 'No change was made; send the request again.' },
} as const satisfies Record<
  AdjustStockFailure['reason'],
  { code: keyof typeof routes.adjustStockProblems; detail: string }
>

function problemOf(failure: AdjustStockFailure) {
  const { code, detail } = problems[failure.reason]
  return failure.reason === 'contended'
    ? problem(routes.adjustStockProblems, code, detail, { headers: { 'retry-after': '1' } })
    : problem(routes.adjustStockProblems, code, `${detail} Available: ${failure.available}.`)
}

export const getStockHandler = (ledger: StockLedger) =>
  apiHandler(routes.getStock, async ({ parameters: { sku } }) => {
    const isSku = Sku.safeParse(sku).success
    const { stocks } = isSku ? await ledger.read({ skus: [sku], orderIds: [] }) : { stocks: [] }
    const stock = stocks[0]
    return stock
      ? { status: 200, body: routes.StockView.parse(stock) }
      : { problem: problem(commonProblems, 'not-found', 'This SKU was never stocked.') }
  })
