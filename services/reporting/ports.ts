import type { EventOf } from '#shared/events/envelope.ts'
import type { Day } from './domain/day.ts'
import type { Refund, Report, Sale } from './domain/report.ts'
import type { ReportReady } from './events.ts'

export interface Sales {
  /** All orders placed on a day, oldest first. */
  placedOn(day: Day): Promise<Sale[]>
}

export interface Refunds {
  /** Stores a refund once, however often it is reported. */
  record(refund: Refund): Promise<void>
  /** The refunds that were made on a day, oldest first. */
  madeOn(day: Day): Promise<Refund[]>
}

/** The two forms of a report. */
export const reportFormats = ['csv', 'html'] as const
export type ReportFormat = (typeof reportFormats)[number]

export interface ReportFiles {
  /** Replaces the files of a day. */
  put(day: string, files: Readonly<Record<ReportFormat, string>>): Promise<void>
  /** An address of a file that expires after five minutes. */
  linkTo(day: string, format: ReportFormat): Promise<string>
}

export interface Reports {
  /** Stores the figures of a day; the event is published with the first figures of a day only. */
  save(report: Report, event: EventOf<typeof ReportReady>): Promise<void>
  /** Newest first, and whether there are more. */
  page(slice: { readonly size: number; readonly before?: string | undefined; readonly now: Date }): Promise<{
    readonly reports: readonly Report[]
    readonly more: boolean
  }>
}
