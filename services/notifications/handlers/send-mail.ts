import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { logger, metrics } from '#shared/lambda/telemetry.ts'
import { noticedEvents } from '../notices.ts'
import { sendNotice, type NoticeDependencies } from '../use-cases/send-notice.ts'

/** While another invocation is sending the email, the message stays in the queue, in case that invocation fails. */
export const sendMailHandler = (dependencies: NoticeDependencies) =>
  eventConsumer(noticedEvents, async (event) => {
    const outcome = await sendNotice(dependencies, event)
    if (outcome === 'claimed-by-another') throw new Error(`Another invocation is sending ${event.metadata.id}.`)
    if (outcome === 'sent') metrics.addMetric('MailsSent', MetricUnit.Count, 1)
    logger.info(`Email for ${event.type}: ${outcome}`, { event_id: event.metadata.id, outcome })
  })
