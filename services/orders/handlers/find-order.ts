import { commonProblems, problem, ProblemError } from '#shared/http/problem.ts'
import { orderIdPattern, type Order } from '../domain/order.ts'
import type { OrderReader } from '../ports.ts'

/** @throws ProblemError 404, the same for an order that is absent and for one of somebody else */
export async function findOrder(orders: OrderReader, orderId: string, customerId?: string): Promise<Order> {
  const order = orderIdPattern.test(orderId) ? await orders.find(orderId) : undefined
  if (!order || (customerId !== undefined && order.customerId !== customerId)) {
    throw new ProblemError(problem(commonProblems, 'not-found', 'There is no such order.'))
  }
  return order
}
