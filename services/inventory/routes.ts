import * as z from 'zod'
import { idempotencyKeyProblem, idempotencyProblems, optionalIdempotencyHeaders } from '#shared/http/idempotency.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { defineRoute } from '#shared/http/route.ts'
import { singleLine, Sku } from '#shared/text.ts'
import { MovementView } from './domain/movement.ts'
import { maxAvailable } from './domain/stock.ts'

export const StockView = z.object({
  sku: z.string(),
  available: z.int().min(0),
  reserved: z.int().min(0),
  shipped: z.int().min(0),
  received: z.int().min(0).describe('available + reserved + shipped'),
  lowStockThreshold: z
    .int()
    .min(0)
    .optional()
    .describe('With this many available pieces or fewer the stock is low. Absent: the threshold of the shop'),
})

const eitherSetOrAdd = 'Send either set or add, not both.'

const AdjustmentRequest = z
  .strictObject({
    set: z.int().min(0).max(maxAvailable).optional().describe('The new number of available pieces'),
    add: z
      .int()
      .min(-maxAvailable)
      .max(maxAvailable)
      .optional()
      .describe(
        'Added to the available pieces; may be negative. Without an Idempotency-Key it is added each time: do not repeat it',
      ),
    reason: singleLine(200).optional().describe('Shown in the ledger'),
    lowStockThreshold: z.int().min(0).max(maxAvailable).optional().describe('Stays as it is unless sent'),
  })
  .refine(({ set, add }) => (set === undefined) !== (add === undefined), eitherSetOrAdd)
  .meta({ description: eitherSetOrAdd, oneOf: [{ required: ['set'] }, { required: ['add'] }] })

export const adjustStockProblems = {
  'idempotency-key-malformed': idempotencyProblems['idempotency-key-malformed'],
  'idempotency-key-reused': idempotencyProblems['idempotency-key-reused'],
  'no-product': { status: 404, title: 'No product has this SKU' },
  'stock-below-zero': { status: 409, title: 'Fewer pieces are available than would be removed' },
  'stock-too-large': { status: 409, title: 'More pieces would be available than a stock can have' },
  'stock-contended': { status: 409, title: 'Other requests changed the same stock at the same time' },
} as const

export const adjustStock = defineRoute({
  operationId: 'adjustStock',
  method: 'PUT',
  path: '/admin/inventory/{sku}',
  access: 'staff',
  summary: 'Set or add available pieces',
  entry: 'adjust-stock',
  parameters: z.object({ sku: Sku }),
  headers: optionalIdempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  body: AdjustmentRequest,
  example: { parameters: { sku: 'MUG-STONE-350' }, body: { set: 120, reason: 'Stocktaking' } },
  responses: { 200: { description: 'The stock after the change', schema: StockView } },
  problems: adjustStockProblems,
})

export const getStock = defineRoute({
  operationId: 'getStock',
  method: 'GET',
  path: '/admin/inventory/{sku}',
  access: 'staff',
  summary: 'The stock of a SKU',
  entry: 'get-stock',
  parameters: z.object({ sku: z.string() }),
  example: { parameters: { sku: 'MUG-STONE-350' } },
  responses: { 200: { description: 'The stock', schema: StockView } },
})

export const listStocks = defineRoute({
  operationId: 'listStocks',
  method: 'GET',
  path: '/admin/inventory',
  access: 'staff',
  summary: 'All stocks, by SKU',
  entry: 'list-stocks',
  query: z.object({
    ...pageQuery,
    low: z.enum(['true', 'false']).prefault('false').describe('true: only stocks that are low or have no pieces left'),
  }),
  responses: { 200: { description: 'A page of stocks', schema: pageOf(StockView) } },
})

export const listMovements = defineRoute({
  operationId: 'listMovements',
  method: 'GET',
  path: '/admin/inventory/{sku}/movements',
  access: 'staff',
  summary: 'The ledger of a SKU, newest first: the sum of all movements is its stock',
  entry: 'list-movements',
  parameters: z.object({ sku: z.string() }),
  example: { parameters: { sku: 'MUG-STONE-350' } },
  query: z.object(pageQuery),
  responses: { 200: { description: 'A page of movements', schema: pageOf(MovementView) } },
})

export const routes = [adjustStock, getStock, listStocks, listMovements]
