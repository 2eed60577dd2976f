import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { traceIdOf } from '#shared/events/trace-context.ts'
import { flushMetrics, logger, metrics } from '#shared/lambda/telemetry.ts'
import {
  makeThumbnailsUseCase,
  type Arrival,
  type MakeThumbnailsDependencies,
  type ThumbnailsOutcome,
} from '../use-cases/make-thumbnails.ts'
import { parseArrival } from './object-created.ts'

/**
 * Takes the arrivals of objects from a queue, one at a time, since each may need half of the function's memory. One
 * that fails is delivered again and ends in the dead-letter queue; the others of its batch are done.
 */
export function makeThumbnailsHandler(dependencies: MakeThumbnailsDependencies, bucketName: string) {
  const makeThumbnails = makeThumbnailsUseCase(dependencies)

  async function handle(arrival: Arrival): Promise<void> {
    const startedAt = performance.now()
    logger.resetKeys()
    // Until the upload is known, the event is all that leads back.
    logger.setCorrelationId(arrival.eventId)
    const outcome = await makeThumbnails(arrival, ({ correlationId, traceparent }) =>
      logger.appendKeys({ correlation_id: correlationId, trace_id: traceIdOf(traceparent) }),
    )
    tell(arrival, outcome, Math.round(performance.now() - startedAt))
  }

  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
    for (const { messageId, body } of Records) {
      try {
        await handle(parseArrival(body, bucketName))
      } catch (error) {
        batchItemFailures.push({ itemIdentifier: messageId })
        logger.error('An arrival could not be handled', { message_id: messageId, error: error as Error })
      }
    }
    flushMetrics()
    return { batchItemFailures }
  }
}

/** `150×150, 400×300, 800×600` */
const sizesOf = (thumbnails: readonly { width: number; height: number }[]) =>
  thumbnails.map(({ width, height }) => `${width}×${height}`).join(', ')

function tell({ key, eventId }: Arrival, outcome: ThumbnailsOutcome, durationMs: number): void {
  const about = { key, event_id: eventId, outcome: outcome.kind, duration_ms: durationMs }
  if (outcome.kind === 'ready') {
    const bytesOut = outcome.thumbnails.reduce((sum, { bytes }) => sum + bytes, 0)
    const bytesSaved = outcome.bytesIn - bytesOut
    metrics.addMetric('ImagesProcessed', MetricUnit.Count, 1)
    // All thumbnails together can be larger than a tiny picture; nothing was saved then.
    metrics.addMetric('BytesSaved', MetricUnit.Bytes, Math.max(0, bytesSaved))
    const original = `${outcome.original.width}×${outcome.original.height}`
    // Whoever watches the console sees the message alone.
    logger.info(`Picture ${original} made into ${sizesOf(outcome.thumbnails)}: ${bytesSaved} bytes saved`, {
      ...about,
      original,
      thumbnails: outcome.thumbnails.map(({ width, height, bytes }) => ({ size: `${width}×${height}`, bytes })),
      bytes_in: outcome.bytesIn,
      bytes_out: bytesOut,
      bytes_saved: bytesSaved,
    })
  } else if (outcome.kind === 'rejected') {
    metrics.addMetric('UploadsRejected', MetricUnit.Count, 1)
    logger.warn('Upload rejected', { ...about, reason: outcome.reason, bytes_in: outcome.bytesIn })
  } else if (outcome.kind === 'no-upload') {
    logger.warn('An object that belongs to no upload was deleted', about)
  } else {
    logger.info('Nothing to do for this arrival', about)
  }
}
