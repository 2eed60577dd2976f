import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { Sku } from '#shared/text.ts'
import { maxAvailable } from '../domain/stock.ts'
import type { StockLedger } from '../ports.ts'
import * as routes from '../routes.ts'
import { adjustStock, type AdjustStockFailure, type StockDependencies } from '../use-cases/adjust-stock.ts'

export const adjustStockHandler = (dependencies: StockDependencies) =>
  apiHandler(routes.adjustStock, async ({ parameters: { sku }, body, userId, cause }): Promise<ApiReply> => {
    const { reason, set, add } = body
    const adjustment = set === undefined ? { add: add! } : { set }
    const outcome = await adjustStock(dependencies, { sku, adjustment, staffId: userId, reason, cause })
    if (!outcome.ok) return { problem: problemOf(outcome.failure) }
    logger.appendKeys({ sku, adjustment })
    return { status: 200, body: routes.StockView.parse(outcome.value) }
  })

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
