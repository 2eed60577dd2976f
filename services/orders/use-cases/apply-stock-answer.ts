import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { applyStockAnswer, type StockAnswer } from '../domain/apply-stock-answer.ts'
import type { OrderChanges } from '../ports.ts'

export type AppliedAnswer = 'changed' | 'ignored' | 'already-recorded'

/**
 * Moves an order on by the stock's answer, however often and however late it comes.
 * @throws Error when there is no such order, or when others kept changing it: the answer is then delivered again
 */
export const applyStockAnswerUseCase =
  ({ orders, now, backoff }: { orders: OrderChanges; now: () => Date; backoff: Backoff }) =>
  async (answer: StockAnswer): Promise<AppliedAnswer> => {
    const attempt = async (): Promise<AppliedAnswer | 'stale'> => {
      const order = await orders.load(answer.data.orderId)
      if (!order) throw new Error(`There is no order ${answer.data.orderId} that the stock could answer for.`)
      const time = now()
      const decision = applyStockAnswer(order, answer, time)
      const outcome = await orders.record({ from: order, answer, decision, time })
      return outcome === 'recorded' ? decision.kind : outcome
    }
    const outcome = await retryWhileContended(backoff, attempt, (result) => result === 'stale')
    if (outcome === 'stale') throw new Error(`Order ${answer.data.orderId} kept changing under the stock's answer.`)
    return outcome
  }
