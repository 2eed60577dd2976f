import { MetricUnit } from '@aws-lambda-powertools/metrics'
import * as z from 'zod'
import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { idempotentRequest, replay } from '#shared/http/idempotency.ts'
import { commonProblems, problem, validationFailed } from '#shared/http/problem.ts'
import type { IdempotentRequest } from '#shared/idempotency.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { unreachable } from '#shared/result.ts'
import type { Refusal } from '../domain/change.ts'
import { CustomerOrder, mergePieces, StaffOrder, type Order } from '../domain/order.ts'
import { atVersion } from '../domain/rebuild.ts'
import * as routes from '../routes.ts'
import { changeOrder, type ChangeOrderDependencies, type OrderRequest } from '../use-cases/change-order.ts'
import { metricOf } from './apply-events.ts'

export const cancelOrderHandler = (dependencies: ChangeOrderDependencies) =>
  apiHandler(routes.cancelOrder, (request) =>
    reply(dependencies, {
      ...ofCustomer(request),
      command: { type: 'cancel' },
      request: idempotentRequest(routes.cancelOrder, request),
      status: 200,
      view: CustomerOrder,
      wrongStatus: 'order-not-cancellable',
    }),
  )

export const requestReturnHandler = (dependencies: ChangeOrderDependencies) =>
  apiHandler(routes.requestReturn, (request) => {
    const { items, reason } = request.body
    return reply(dependencies, {
      ...ofCustomer(request),
      command: { type: 'requestReturn', items: mergePieces(items), reason },
      request: idempotentRequest(routes.requestReturn, request),
      status: 201,
      view: CustomerOrder,
      wrongStatus: 'order-not-returnable',
      items,
    })
  })

export const adminRefundOrderHandler = (dependencies: ChangeOrderDependencies) =>
  apiHandler(routes.adminRefundOrder, (request) =>
    reply(dependencies, {
      ...ofStaff(request),
      command: { type: 'refund' },
      request: idempotentRequest(routes.adminRefundOrder, request),
      status: 202,
      view: StaffOrder,
      wrongStatus: 'order-not-refundable',
    }),
  )

export const adminDeliverOrderHandler = (dependencies: ChangeOrderDependencies) =>
  apiHandler(routes.adminDeliverOrder, (request) =>
    reply(dependencies, {
      ...ofStaff(request),
      command: { type: 'markDelivered' },
      status: 200,
      view: StaffOrder,
      wrongStatus: 'order-not-shipped',
    }),
  )

export const adminRejectReturnHandler = (dependencies: ChangeOrderDependencies) =>
  apiHandler(routes.adminRejectReturn, (request) =>
    reply(dependencies, {
      ...ofStaff(request),
      command: { type: 'rejectReturn', reason: request.body.reason },
      status: 200,
      view: StaffOrder,
      wrongStatus: 'return-not-requested',
    }),
  )

interface Requested {
  readonly parameters: { readonly orderId: string }
  readonly userId: string
  readonly cause: OrderRequest['cause']
}

const ofCustomer = ({ parameters: { orderId }, userId, cause }: Requested) => ({
  orderId,
  customerId: userId,
  actor: 'customer',
  cause,
})

const ofStaff = ({ parameters: { orderId }, userId, cause }: Requested) => ({
  orderId,
  actor: `staff/${userId}`,
  cause,
})

interface Change extends Omit<OrderRequest, 'idempotency'> {
  readonly request?: IdempotentRequest
  /** Of a success. */
  readonly status: number
  readonly view: typeof CustomerOrder | typeof StaffOrder
  readonly wrongStatus: keyof typeof routes.changeProblems
  /** As they were requested. */
  readonly items?: z.infer<typeof routes.ReturnRequest>['items']
}

/** The stored response: the order as it was afterwards is rebuilt from its trail. */
const StoredBody = z.object({ version: z.int() })

async function reply(
  dependencies: ChangeOrderDependencies,
  { request, status, view, wrongStatus, items = [], ...change }: Change,
): Promise<ApiReply> {
  // What the customer wrote is not stored a second time, where a deletion of their account would not find it.
  const responseOf = ({ version }: Order) => ({ status, headers: {}, body: { version } })
  const outcome = await changeOrder(dependencies, {
    ...change,
    ...(request === undefined ? {} : { idempotency: { request, responseOf } }),
  })
  switch (outcome.kind) {
    case 'changed':
      metrics.addMetric(metricOf[outcome.event.type], MetricUnit.Count, 1)
      return { status, body: view.parse(outcome.order) }
    case 'key-used': {
      const { stored, order } = outcome
      if (stored.fingerprint !== request!.fingerprint) return replay(stored, request!)
      const { version } = StoredBody.parse(stored.body)
      return replay({ ...stored, body: view.parse(atVersion(order, version)) }, request!)
    }
    case 'refused':
      return { problem: refusalProblem(outcome.refusal, outcome.order, { wrongStatus, items }) }
    case 'not-found':
      return { problem: problem(commonProblems, 'not-found', 'The order does not exist.') }
    case 'contended':
      return {
        problem: problem(commonProblems, 'conflict', 'The order keeps changing. Send the same request again.', {
          headers: { 'retry-after': '1' },
        }),
      }
    default:
      return unreachable(outcome)
  }
}

function refusalProblem(
  refusal: Refusal,
  { status }: Order,
  { wrongStatus, items = [] }: Pick<Change, 'wrongStatus' | 'items'>,
) {
  switch (refusal.kind) {
    case 'wrong-status':
      return problem(routes.changeProblems, wrongStatus, `The order is ${status}.`)
    case 'return-period-over':
      return problem(routes.changeProblems, refusal.kind, 'Pieces can be sent back within 30 days of delivery.')
    case 'refund-pending':
      return problem(routes.changeProblems, refusal.kind, 'The return is being refunded.')
    case 'too-many-pieces': {
      const { sku, left } = refusal
      const line = `/items/${items.findIndex((item) => item.sku === sku)}`
      return validationFailed([
        left === 0
          ? { pointer: `${line}/sku`, detail: 'The order has no piece of this SKU, or all were sent back.' }
          : { pointer: `${line}/quantity`, detail: `At most ${left}: the pieces of this SKU that were not sent back.` },
      ])
    }
    default:
      return unreachable(refusal)
  }
}
