import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { Money } from '#shared/money.ts'

/** The report of a day is in the bucket. */
export const ReportReady = defineEvent({
  source: 'reporting.app',
  type: 'ReportReady',
  version: 1,
  data: z.object({
    /** The day in the shop's time zone. */
    day: z.iso.date(),
    orders: z.int().min(0),
    revenue: Money,
    /** On that day, of orders of any day. */
    refunded: Money,
  }),
})
