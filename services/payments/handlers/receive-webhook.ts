import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { validationFailed } from '#shared/http/problem.ts'
import { signedBy } from '#shared/http/webhook.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import type { ReadSecret } from '#shared/lambda/secret.ts'
import { unreachable } from '#shared/result.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { chargeBack, hasWithheld, reverseChargeBack } from '../domain/payment.ts'
import type { Notification } from '../ports.ts'
import { receivePaymentWebhook } from '../routes.ts'
import { changePayment, settleOrUndo, type PaymentDependencies } from '../use-cases/capture-payment.ts'
import { settleRefund } from '../use-cases/refund-payment.ts'
import { countOutcome, logRefused } from './outcome-metrics.ts'

export interface WebhookDependencies extends PaymentDependencies {
  /** The key that the provider signs with. */
  readonly secret: ReadSecret
}

/** Applies what the provider reports by the same steps as its responses, so that a report that is repeated changes nothing. */
export const receiveWebhookHandler = (deps: WebhookDependencies) =>
  apiHandler(
    receivePaymentWebhook,
    async ({ body }): Promise<ApiReply> => {
      const notification = await deps.provider.readNotification(body)
      if (notification.kind === 'malformed') {
        const errors = notification.error.issues.map(({ path, message }) => ({
          pointer: path.map((segment) => `/${String(segment)}`).join(''),
          detail: message,
        }))
        return { problem: validationFailed(errors) }
      }
      const outcome = await apply(deps, notification)
      // The provider reports it again.
      if (outcome === 'no-response') throw new ThrottledError('The payment provider did not respond.')
      if (outcome === 'capturing') throw new ThrottledError('The report is too early: the payment is being captured.')
      countOutcome(outcome)
      logger.appendKeys({ notification: notification.kind, outcome })
      return { status: 200, body: { received: true } }
    },
    { authenticate: signedBy({ header: `${deps.provider.name}-signature`, secret: deps.secret, now: deps.now }) },
  )

async function apply(
  deps: PaymentDependencies,
  notification: Exclude<Notification, { kind: 'malformed' }>,
): Promise<string> {
  if (notification.kind === 'ignored') return 'ignored'
  const { orderId } = notification
  logger.appendKeys({ order_id: orderId })
  switch (notification.kind) {
    case 'captured':
    case 'declined': {
      const outcome = await settleOrUndo(deps, orderId, notification)
      if (outcome.kind === 'refund-failed') logRefused(orderId, outcome)
      return outcome.kind
    }
    case 'refunded':
      return (await settleRefund(deps, orderId, notification.refundId)).kind
    case 'refund-failed':
      // The order stays refunded: staff must find another way to pay the customer.
      logger.error('A refund did not reach the customer', { refund_id: notification.refundId })
      return notification.kind
    case 'charged-back':
    case 'chargeback-reversed':
      return recordChargeBack(deps, notification)
    default:
      return unreachable(notification)
  }
}

const changeOf = { 'charged-back': chargeBack, 'chargeback-reversed': reverseChargeBack } as const

/**
 * The disputed money was taken back, so it cannot be refunded as well, unless the bank gives it back; staff decide
 * about the order, and whether the customer is owed what comes back after a refund.
 */
const recordChargeBack = (
  deps: PaymentDependencies,
  notification: Extract<Notification, { kind: keyof typeof changeOf }>,
) =>
  changePayment(deps, notification.orderId, async (payment) => {
    if (payment.status === 'capturing') return 'capturing'
    if (payment.status !== 'captured') return 'decided-before'
    const changed = changeOf[notification.kind](payment, notification)
    if (!changed) return 'decided-before'
    if ((await deps.payments.save({ payment: changed, events: [] })) === 'stale') return 'stale'
    const message = `The bank ${notification.kind === 'charged-back' ? 'took a payment' : 'gave a payment'} back`
    logger.warn(message, { order_id: payment.orderId, notification_id: notification.id })
    const isReturned = changed.chargedBack.amount < payment.chargedBack.amount
    return isReturned && hasWithheld(changed) ? 'refund-owed' : notification.kind
  })
