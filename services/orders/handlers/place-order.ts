import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { quoteProblem } from '#services/pricing/problems.ts'
import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { accountDeletedProblem } from '#shared/http/existing-account.ts'
import { idempotentRequest, replay } from '#shared/http/idempotency.ts'
import { problem } from '#shared/http/problem.ts'
import { rateLimited } from '#shared/http/rate-limit.ts'
import type { IdempotentResponse, IdempotentRequest } from '#shared/idempotency.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { receiptOf, type Order, type PlacedOrder } from '../domain/order.ts'
import * as routes from '../routes.ts'
import { placeOrder, type PlaceOrderDependencies, type PlaceOrderOutcome } from '../use-cases/place-order.ts'

export const placeOrderHandler = (dependencies: PlaceOrderDependencies) =>
  apiHandler(routes.placeOrder, async (request) => {
    const { userId: customerId, accessToken, body, cause } = request
    const idempotency = withShortHash(idempotentRequest(routes.placeOrder, request))
    const command = { customerId, request: body, idempotency, accessToken, cause }
    const outcome = await placeOrder(dependencies, command)
    if (outcome.kind === 'placed') countOrder(outcome.order)
    const reply = replies[outcome.kind] as (outcome: PlaceOrderOutcome, request: IdempotentRequest) => ApiReply
    return reply(outcome, idempotency)
  })

/** The order stores the hash, and is billed by size in each of its writes. 96 bits tell requests under one key apart. */
const withShortHash = (request: IdempotentRequest): IdempotentRequest => ({
  ...request,
  fingerprint: request.fingerprint.slice(0, 16),
})

const replies = {
  placed: ({ order }) => created(order),
  'key-used': ({ order }, request) => replay({ ...created(order), fingerprint: order.fingerprint ?? '' }, request),
  'invalid-lines': (failure) => ({ problem: quoteProblem(failure) }),
  'discount-not-applicable': (failure) => ({ problem: quoteProblem(failure) }),
  'total-changed': ({ quote }) => ({
    problem: problem(
      routes.placeOrderProblems,
      'total-changed',
      'Nothing was ordered. Show the customer the new total, then send it as expectedTotal.',
      { extension: { quote } },
    ),
  }),
  'no-profile': () => ({ problem: accountDeletedProblem }),
  'rate-limited': (limited) => ({ problem: rateLimited(limited) }),
  contended: () => ({
    problem: problem(routes.placeOrderProblems, 'order-contended', 'Send the same request with the same key again.', {
      headers: { 'retry-after': '1' },
    }),
  }),
} satisfies {
  [Kind in PlaceOrderOutcome['kind']]: (
    outcome: Extract<PlaceOrderOutcome, { kind: Kind }>,
    request: IdempotentRequest,
  ) => ApiReply
}

const created = (order: PlacedOrder): IdempotentResponse => ({
  status: 201,
  headers: { location: `/orders/${order.orderId}` },
  body: receiptOf(order),
})

/** Once for each new order, not for a repeated request. OrderRevenue is in minor units, like all amounts. */
function countOrder({ orderType, items, total }: Order): void {
  metrics.addDimension('OrderType', orderType)
  metrics.addMetric('OrderRevenue', MetricUnit.NoUnit, total.amount)
  metrics.addMetric(
    'ItemsSold',
    MetricUnit.Count,
    items.reduce((pieces, line) => pieces + line.quantity, 0),
  )
}
