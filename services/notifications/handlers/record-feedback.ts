import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as z from 'zod'
import { logger } from '#shared/lambda/telemetry.ts'
import type { Suppressions } from '../ports.ts'

const Recipients = z.array(z.object({ emailAddress: z.string().min(1) }))

/** An event of SES from the default bus. An address in it may be followed by other members. */
const Feedback = z.discriminatedUnion('detail-type', [
  z.object({
    'detail-type': z.literal('Email Bounced'),
    detail: z.object({ bounce: z.object({ bounceType: z.string(), bouncedRecipients: Recipients }) }),
  }),
  z.object({
    'detail-type': z.literal('Email Complaint Received'),
    detail: z.object({ complaint: z.object({ complainedRecipients: Recipients }) }),
  }),
])

/**
 * Stops emails to addresses with a permanent bounce or a complaint; a transient bounce (a full mailbox) has no effect.
 */
export const recordFeedbackHandler =
  ({ suppressions, now }: { readonly suppressions: Pick<Suppressions, 'add'>; readonly now: () => Date }) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
    for (const { messageId, body } of Records) {
      logger.resetKeys()
      try {
        const { reason, addresses } = suppressedBy(Feedback.parse(JSON.parse(body)))
        for (const address of addresses) await suppressions.add(address, { reason, time: now() })
        logger.info('Feedback handled', { reason, addresses: addresses.length })
      } catch (error) {
        batchItemFailures.push({ itemIdentifier: messageId })
        logger.error('Feedback could not be handled', { message_id: messageId, error: error as Error })
      }
    }
    return { batchItemFailures }
  }

function suppressedBy(feedback: z.infer<typeof Feedback>) {
  if (feedback['detail-type'] === 'Email Bounced') {
    const { bounceType, bouncedRecipients } = feedback.detail.bounce
    return { reason: 'bounce', addresses: bounceType === 'Permanent' ? bouncedRecipients.map(addressOf) : [] } as const
  }
  const { complainedRecipients } = feedback.detail.complaint
  return { reason: 'complaint', addresses: complainedRecipients.map(addressOf) } as const
}

const addressOf = ({ emailAddress }: { emailAddress: string }) => emailAddress
