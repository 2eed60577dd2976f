import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { noticedEvents } from '../notices.ts'
import { oneAtATime } from '../use-cases/one-at-a-time.ts'
import { sendNotice, type NoticeDependencies } from '../use-cases/send-notice.ts'

/** While another invocation is sending the message, the event stays in the queue, in case that invocation fails. */
export function sendMailHandler(dependencies: NoticeDependencies) {
  const sequential = {
    ...dependencies,
    mailer: oneAtATime(dependencies.mailer),
    texts: oneAtATime(dependencies.texts),
  }
  return eventConsumer(noticedEvents, async (event) => {
    const { email, text } = await sendNotice(sequential, event)
    for (const outcome of [email, text]) {
      if (outcome?.status === 'claimed-by-another') {
        throw new Error(`Another invocation is sending ${event.metadata.id}.`)
      }
    }
    if (email.status === 'sent') metrics.addMetric('MailsSent', MetricUnit.Count, 1)
    if (email.status === 'refused') metrics.addMetric('MailsRefused', MetricUnit.Count, 1)
    if (text?.status === 'sent') metrics.addMetric('TextsSent', MetricUnit.Count, 1)
    return {
      outcome: email.status,
      ...(email.status === 'refused' ? { reason: email.reason } : {}),
      ...(text ? { text: text.status } : {}),
    }
  })
}
