/** Prefixes of the partition keys that reporting owns. */
export const prefixes = ['REPORT#'] as const

/** One partition: a report is written once a day. */
export const reportsPartition = 'REPORT#daily'

/** The refunds of a day of UTC: `2026-11-27`. */
export const refundsPartition = (date: string) => `REPORT#refunds#${date}`

/** @param time of the refund, in ISO 8601 */
export const refundKey = ({ time, refundId }: { readonly time: string; readonly refundId: string }) => ({
  PK: refundsPartition(time.slice(0, 10)),
  SK: `${time}#${refundId}`,
})

/** @param day `2026-11-27` */
export const reportKey = (day: string) => ({ PK: reportsPartition, SK: day })

/** How long reports are kept, their files and the refunds that they are made of. */
export const keptDays = 2 * 365
