import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { placeOrder as route, placeOrderProblems } from '../routes.ts'
import { maxPiecesPerLine } from '../domain/lines.ts'
import type { Order } from '../domain/order.ts'
import type { Receipt } from '../domain/receipt.ts'
import { placeOrderUseCase, type PlaceOrderDependencies, type PlaceOrderOutcome } from '../use-cases/place-order.ts'
import { customerOf } from './find-order.ts'

export function placeOrderHandler(dependencies: PlaceOrderDependencies) {
  const placeOrder = placeOrderUseCase(dependencies)
  return apiHandler(route, async (request) => {
    const outcome = await placeOrder({
      customerId: customerOf(request),
      idempotencyKey: request.headers['idempotency-key'],
      request: request.body,
      cause: {
        correlationId: request.correlationId,
        causationId: request.requestId,
        traceparent: request.traceparent,
      },
    })
    if (outcome.kind === 'placed') countOrder(outcome.order)
    const reply = replies[outcome.kind] as (outcome: PlaceOrderOutcome) => ApiReply
    return reply(outcome)
  })
}

const replies = {
  placed: ({ receipt }) => created(receipt),
  replayed: ({ receipt }) => created(receipt, { 'idempotent-replayed': 'true' }),
  'key-reused': () => ({
    problem: problem(
      placeOrderProblems,
      'idempotency-key-reused',
      'Use a fresh key for a request that is another one.',
    ),
  }),
  'too-many-pieces': ({ index, quantity }) =>
    invalid([
      {
        pointer: `/items/${index}/quantity`,
        detail: `The lines of this SKU add up to ${quantity}; at most ${maxPiecesPerLine}.`,
      },
    ]),
  'unknown-skus': ({ indexes }) =>
    invalid(indexes.map((index) => ({ pointer: `/items/${index}/sku`, detail: 'This SKU is not in the catalogue.' }))),
  'no-profile': () => ({
    problem: problem(
      placeOrderProblems,
      'profile-missing',
      'The sign-up is still being finished; try again in a moment.',
      {
        headers: { 'retry-after': '2' },
      },
    ),
  }),
  contended: () => ({
    problem: problem(placeOrderProblems, 'order-contended', 'Send the same request with the same key again.', {
      headers: { 'retry-after': '1' },
    }),
  }),
} satisfies { [Kind in PlaceOrderOutcome['kind']]: (outcome: Extract<PlaceOrderOutcome, { kind: Kind }>) => ApiReply }

const created = (receipt: Receipt, headers: Record<string, string> = {}): ApiReply => ({
  status: 201,
  headers: { location: `/orders/${receipt.orderId}`, ...headers },
  body: receipt,
})

const invalid = (errors: { pointer: string; detail: string }[]): ApiReply => ({
  problem: problem(commonProblems, 'validation-failed', 'Mend what errors names and send it again.', { errors }),
})

/** Told once for each new order: a replay is no revenue. OrderRevenue is in minor units, as all money here. */
function countOrder({ orderType, items, total }: Order): void {
  metrics.addDimension('OrderType', orderType)
  metrics.addMetric('OrderRevenue', MetricUnit.NoUnit, total.amount)
  metrics.addMetric(
    'ItemsSold',
    MetricUnit.Count,
    items.reduce((pieces, line) => pieces + line.quantity, 0),
  )
}
