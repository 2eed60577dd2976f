import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { idempotentRequest, replay } from '#shared/http/idempotency.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import * as z from 'zod'
import type { IdempotentResponse } from '#shared/idempotency.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { Sku } from '#shared/text.ts'
import { viewOf } from '../domain/movement.ts'
import { maxAvailable, type Stock } from '../domain/stock.ts'
import type { MovementLedger, StockLedger, StockList } from '../ports.ts'
import * as routes from '../routes.ts'
import { adjustStock, type AdjustStockFailure, type StockDependencies } from '../use-cases/adjust-stock.ts'

export interface AdjustStockDependencies extends StockDependencies {
  /** Whether the catalog has a product with this SKU, by a strongly consistent read. Products are never deleted. */
  readonly hasProduct: (sku: string) => Promise<boolean>
}

export const adjustStockHandler = (dependencies: AdjustStockDependencies) =>
  apiHandler(routes.adjustStock, async (request): Promise<ApiReply> => {
    const { parameters, headers, body, userId: staffId, cause } = request
    const { sku } = parameters
    const { reason, set, add, lowStockThreshold } = body
    const adjustment = { ...(set === undefined ? { add: add! } : { set }), lowStockThreshold }
    if (!(await dependencies.hasProduct(sku))) {
      return { problem: problem(routes.adjustStockProblems, 'no-product', 'Create the product first.') }
    }
    const key = headers['idempotency-key']
    const keyed =
      key === undefined
        ? undefined
        : idempotentRequest(routes.adjustStock, { ...request, headers: { 'idempotency-key': key } })
    const once = keyed && { request: keyed, responseOf }
    const outcome = await adjustStock(dependencies, { sku, adjustment, staffId, reason, cause, once })
    if (!outcome.ok) return { problem: problemOf(outcome.failure) }
    if (outcome.value.kind === 'key-used') return replay(outcome.value.stored, keyed!)
    logger.appendKeys({ sku, adjustment })
    return responseOf(outcome.value.stock)
  })

const responseOf = (stock: Stock): IdempotentResponse => ({
  status: 200,
  headers: {},
  body: routes.StockView.parse(stock),
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
    const stock = await findStock(ledger, sku)
    return stock ? { status: 200, body: routes.StockView.parse(stock) } : notStocked
  })

const notStocked = { problem: problem(commonProblems, 'not-found', 'This SKU was never stocked.') }

async function findStock(ledger: StockLedger, sku: string): Promise<Stock | undefined> {
  if (!Sku.safeParse(sku).success) return undefined
  return (await ledger.read({ skus: [sku], orderIds: [] })).stocks[0]
}

export const listStocksHandler = (list: StockList) =>
  apiHandler(routes.listStocks, async ({ query: { low, limit, cursor } }) => {
    const { stocks, next } = await list.page({ isLow: low === 'true', limit, after: decodeCursor(cursor, Sku) })
    return { status: 200, body: { items: stocks.map((stock) => routes.StockView.parse(stock)), ...cursorOf(next) } }
  })

export const listMovementsHandler = (ledger: StockLedger, movements: MovementLedger) =>
  apiHandler(routes.listMovements, async ({ parameters: { sku }, query: { limit, cursor } }) => {
    const before = decodeCursor(cursor, z.int().min(1))
    if (!(await findStock(ledger, sku))) return notStocked
    const page = await movements.page({ sku, limit, before })
    return { status: 200, body: { items: page.movements.map(viewOf), ...cursorOf(page.next) } }
  })

const cursorOf = (position: unknown) => (position === undefined ? {} : { nextCursor: encodeCursor(position) })
