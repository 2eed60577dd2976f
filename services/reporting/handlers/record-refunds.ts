import { PaymentRefunded } from '#services/payments/events.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import type { Refunds } from '../ports.ts'

/** A refund has one id and time, so that it is stored under one key however often its event is delivered. */
export const recordRefundsHandler = (refunds: Pick<Refunds, 'record'>) =>
  eventConsumer([PaymentRefunded], async ({ metadata: { time }, data: { refundId, orderId, amount } }) => {
    await refunds.record({ refundId, orderId, amount, time })
    return { outcome: 'recorded' }
  })
