import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { noticedEvents } from '../notices.ts'
import { sendNotice, type NoticeDependencies } from '../use-cases/send-notice.ts'

/** While another invocation is sending the email, the message stays in the queue, in case that invocation fails. */
export const sendMailHandler = (dependencies: NoticeDependencies) =>
  eventConsumer(noticedEvents, async (event) => {
    const outcome = await sendNotice(dependencies, event)
    const { status } = outcome
    if (status === 'claimed-by-another') throw new Error(`Another invocation is sending ${event.metadata.id}.`)
    if (status === 'sent') metrics.addMetric('MailsSent', MetricUnit.Count, 1)
    if (status === 'refused') metrics.addMetric('MailsRefused', MetricUnit.Count, 1)
    return { outcome: status, ...(status === 'refused' ? { reason: outcome.reason } : {}) }
  })
