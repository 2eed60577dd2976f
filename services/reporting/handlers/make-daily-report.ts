import * as z from 'zod'
import { logger } from '#shared/lambda/telemetry.ts'
import { csvOf } from '../domain/csv.ts'
import { dayBefore } from '../domain/day.ts'
import { pageOf } from '../domain/page.ts'
import { readyEvent, salesOf } from '../domain/report.ts'
import type { ReportFiles, Reports, Sales } from '../ports.ts'

/** What the schedule sends. */
const Execution = z.object({ scheduledAt: z.iso.datetime() })

/**
 * Makes the report of the day before the time at which it was due, however late that is. A repeated execution replaces
 * the files and figures by newer ones and publishes nothing.
 */
export const makeDailyReportHandler =
  ({
    sales,
    files,
    reports,
    timeZone,
    now,
  }: {
    readonly sales: Sales
    readonly files: Pick<ReportFiles, 'put'>
    readonly reports: Pick<Reports, 'save'>
    readonly timeZone: string
    readonly now: () => Date
  }) =>
  async (event: unknown): Promise<void> => {
    logger.resetKeys()
    const { scheduledAt } = Execution.parse(event)
    const day = dayBefore(new Date(scheduledAt), timeZone)
    const orders = await sales.placedOn(day)
    const daySales = salesOf(day, orders, { timeZone, madeAt: now() })
    await files.put(day.date, { csv: csvOf(daySales), html: pageOf(daySales) })
    await reports.save(daySales.report, readyEvent(daySales.report))
    logger.info('Report made', { day: day.date, placed: orders.length, paid: daySales.report.orders })
  }
