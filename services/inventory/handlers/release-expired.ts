import { MetricUnit } from '@aws-lambda-powertools/metrics'
import * as z from 'zod'
import { logger, logWithMetrics, metrics } from '#shared/lambda/telemetry.ts'
import { releaseExpired, type ReleaseExpiredDependencies } from '../use-cases/release-expired.ts'

/** What the schedule sends. */
const Execution = z.object({ scheduledAt: z.iso.datetime() })

/** A payment that was captured at the last moment has this long to reach its order. */
const graceMs = 60_000

/** Ends the holds that were over at the time at which the sweep was due. A repeated sweep finds nothing left. */
export const releaseExpiredHandler =
  (dependencies: ReleaseExpiredDependencies) =>
  async (event: unknown): Promise<void> => {
    logger.resetKeys()
    const startedAt = performance.now()
    const { scheduledAt } = Execution.parse(event)
    const heldBefore = new Date(Date.parse(scheduledAt) - graceMs)
    const causationId = `release-expired/${scheduledAt}`
    const { released, extended } = await releaseExpired(dependencies, { heldBefore, causationId })
    if (released > 0) metrics.addMetric('StockExpirations', MetricUnit.Count, released)
    const duration_ms = Math.round(performance.now() - startedAt)
    logWithMetrics('info', 'Reservations checked', { scheduled_at: scheduledAt, released, extended, duration_ms })
  }
