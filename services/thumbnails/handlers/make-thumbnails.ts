import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as z from 'zod'
import { traceIdOf } from '#shared/events/trace-context.ts'
import { flushMetrics, logger, metrics } from '#shared/lambda/telemetry.ts'
import { unreachable } from '#shared/result.ts'
import type { Size } from '../domain/thumbnail.ts'
import {
  makeThumbnails,
  type MakeThumbnailsDependencies,
  type NewObject,
  type ThumbnailsOutcome,
} from '../use-cases/make-thumbnails.ts'

/**
 * Processes S3's Object Created events from a queue, one at a time, since an image may need half of the function's
 * memory. A failed message is delivered again and ends in the dead-letter queue; the rest of its batch is processed.
 */
export function makeThumbnailsHandler(dependencies: MakeThumbnailsDependencies, bucketName: string) {
  async function handle(object: NewObject): Promise<void> {
    const startedAt = performance.now()
    // Replaced by the request's correlation id once the upload is read.
    logger.setCorrelationId(object.eventId)
    const outcome = await makeThumbnails(dependencies, object, ({ correlationId, traceparent }) =>
      logger.appendKeys({ correlation_id: correlationId, trace_id: traceIdOf(traceparent) }),
    )
    report(object, outcome, Math.round(performance.now() - startedAt))
  }

  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
    for (const { messageId, body } of Records) {
      logger.resetKeys()
      try {
        await handle(parseObjectCreated(body, bucketName))
      } catch (error) {
        batchItemFailures.push({ itemIdentifier: messageId })
        logger.error('An object could not be processed', { message_id: messageId, error: error as Error })
      }
    }
    flushMetrics()
    return { batchItemFailures }
  }
}

/** S3's event from the default bus. Its key is not URL-encoded. */
const ObjectCreated = z.object({
  id: z.string().min(1),
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string().min(1) }) }),
})

/** @throws Error for another event, or one of another bucket */
function parseObjectCreated(body: string, bucketName: string): NewObject {
  const { id, detail } = ObjectCreated.parse(JSON.parse(body))
  if (detail.bucket.name !== bucketName) throw new Error(`An object of ${detail.bucket.name} is not for this function.`)
  return { key: detail.object.key, eventId: id }
}

function report({ key, eventId }: NewObject, outcome: ThumbnailsOutcome, durationMs: number): void {
  const about = { key, event_id: eventId, outcome: outcome.kind, duration_ms: durationMs }
  switch (outcome.kind) {
    case 'ready': {
      const bytesOut = outcome.thumbnails.reduce((sum, { bytes }) => sum + bytes, 0)
      const bytesSaved = outcome.bytesIn - bytesOut
      metrics.addMetric('ImagesProcessed', MetricUnit.Count, 1)
      // The thumbnails of a tiny image can be larger than the image.
      metrics.addMetric('BytesSaved', MetricUnit.Bytes, Math.max(0, bytesSaved))
      const original = sizeText(outcome.original)
      const sizes = outcome.thumbnails.map(sizeText).join(', ')
      return logger.info(`Thumbnails ${sizes} of an image ${original}: ${bytesSaved} bytes saved`, {
        ...about,
        original,
        thumbnails: outcome.thumbnails.map((thumbnail) => ({ size: sizeText(thumbnail), bytes: thumbnail.bytes })),
        bytes_in: outcome.bytesIn,
        bytes_out: bytesOut,
        bytes_saved: bytesSaved,
      })
    }
    case 'rejected':
      metrics.addMetric('UploadsRejected', MetricUnit.Count, 1)
      return logger.warn('Upload rejected', { ...about, reason: outcome.reason, bytes_in: outcome.bytesIn })
    case 'no-upload':
      return logger.warn('Deleted an object that belongs to no upload', about)
    case 'already-settled':
    case 'absent':
      return logger.info('No action for this object', about)
    default:
      return unreachable(outcome)
  }
}

const sizeText = ({ width, height }: Size): string => `${width}×${height}`
