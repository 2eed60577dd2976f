import { apiHandler } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { Sku } from '#shared/text.ts'
import type { StockLedger } from '../ports.ts'
import { getStock, StockView } from '../routes.ts'

export const getStockHandler = (ledger: StockLedger) =>
  apiHandler(getStock, async ({ parameters }) => {
    const { sku } = parameters
    const isSku = Sku.safeParse(sku).success
    const { stocks } = isSku ? await ledger.read({ skus: [sku], orderIds: [] }) : { stocks: [] }
    const stock = stocks[0]
    return stock
      ? { status: 200, body: StockView.parse(stock) }
      : { problem: problem(commonProblems, 'not-found', 'No stock of this SKU was ever recorded.') }
  })
