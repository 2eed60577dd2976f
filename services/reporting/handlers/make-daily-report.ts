import * as z from 'zod'
import { logger } from '#shared/lambda/telemetry.ts'
import { csvOf } from '../domain/csv.ts'
import { dayBefore } from '../domain/day.ts'
import { pageOf } from '../domain/page.ts'
import { readyEvent, salesOf } from '../domain/report.ts'
import type { Refunds, ReportFiles, Reports, Sales } from '../ports.ts'

/** What the schedule sends. */
const Execution = z.object({ scheduledAt: z.iso.datetime() })

/**
 * Makes the report of the day before the time at which it was due, however late that is. A repeated execution makes the
 * same report, with what was reported late meanwhile, and publishes nothing.
 */
export const makeDailyReportHandler =
  ({
    sales,
    refunds,
    files,
    reports,
    timeZone,
    now,
  }: {
    readonly sales: Sales
    readonly refunds: Pick<Refunds, 'madeOn'>
    readonly files: Pick<ReportFiles, 'put'>
    readonly reports: Pick<Reports, 'save'>
    readonly timeZone: string
    readonly now: () => Date
  }) =>
  async (event: unknown): Promise<void> => {
    logger.resetKeys()
    const { scheduledAt } = Execution.parse(event)
    const day = dayBefore(new Date(scheduledAt), timeZone)
    const [orders, refunded] = await Promise.all([sales.placedOn(day), refunds.madeOn(day)])
    const daySales = salesOf(day, { orders, refunds: refunded }, { timeZone, madeAt: now() })
    await files.put(day.date, { csv: csvOf(daySales), html: pageOf(daySales) })
    await reports.save(daySales.report, readyEvent(daySales.report))
    logger.info('Report made', { day: day.date, placed: orders.length, paid: daySales.report.orders })
  }
