/** Prefixes of the partition keys that reporting owns. */
export const prefixes = ['REPORT#'] as const

/** One partition: a report is written once a day. */
export const reportsPartition = 'REPORT#daily'

/** @param day `2026-11-27` */
export const reportKey = (day: string) => ({ PK: reportsPartition, SK: day })
