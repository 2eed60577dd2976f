import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { problem } from '#shared/http/problem.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { maxAvailable } from '../domain/adjust.ts'
import { adjustStock as route, adjustStockProblems, StockView } from '../routes.ts'
import { adjustStockUseCase, type AdjustStockDependencies } from '../use-cases/adjust-stock.ts'

export function adjustStockHandler(dependencies: AdjustStockDependencies) {
  const adjustStock = adjustStockUseCase(dependencies)
  return apiHandler(route, async ({ parameters, body, userId, cause }): Promise<ApiReply> => {
    const { reason, set, add } = body
    const adjustment = set === undefined ? { add: add! } : { set }
    const outcome = await adjustStock({ sku: parameters.sku, adjustment, staffId: userId, reason, cause })
    if (outcome.ok) {
      logger.info('Stock adjusted', { sku: parameters.sku, adjustment })
      return { status: 200, body: StockView.parse(outcome.value) }
    }
    const { code, detail } = failures[outcome.failure.reason]
    const more = code === 'stock-contended' ? { headers: { 'retry-after': '1' } } : {}
    const standing = 'available' in outcome.failure ? ` Available: ${outcome.failure.available}.` : ''
    return { problem: problem(adjustStockProblems, code, detail + standing, more) }
  })
}

const failures = {
  'below-zero': { code: 'stock-below-zero', detail: 'Reserved pieces cannot be taken away here.' },
  'too-many': { code: 'stock-too-large', detail: `A stock has at most ${maxAvailable} available pieces.` },
  contended: { code: 'stock-contended', detail: 'Nothing was changed; send it again.' },
} as const
