import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { Money } from '#shared/money.ts'
import { paymentFailures } from '#services/orders/events.ts'

const source = 'payments.app'

export const PaymentCaptured = defineEvent({
  source,
  type: 'PaymentCaptured',
  version: 1,
  data: z.object({ orderId: z.string(), paymentId: z.string(), amount: Money, provider: z.string() }),
})

export const PaymentDeclined = defineEvent({
  source,
  type: 'PaymentDeclined',
  version: 1,
  data: z.object({ orderId: z.string(), reason: z.enum(paymentFailures) }),
})

/**
 * A refund has ended. `amount` is less than what was asked for, or 0, when the bank had taken money back before; `refunded` is
 * the sum of all refunds of the payment so far.
 */
export const PaymentRefunded = defineEvent({
  source,
  type: 'PaymentRefunded',
  version: 1,
  data: z.object({
    orderId: z.string(),
    paymentId: z.string(),
    refundId: z.string(),
    amount: Money,
    refunded: Money,
  }),
})
