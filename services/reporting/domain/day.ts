/** A calendar day in a time zone: from `from` until before `to`, of 23 to 25 hours. */
export interface Day {
  /** `2026-11-27` */
  readonly date: string
  readonly from: Date
  readonly to: Date
}

/** The last whole day before a time. */
export function dayBefore(time: Date, timeZone: string): Day {
  const dateOf = calendarOf(timeZone)
  const today = dateOf(time)
  const date = shifted(today, -1)
  return { date, from: startOf(date, dateOf), to: startOf(today, dateOf) }
}

/**
 * The clock of a time zone: the hour of a time, 0 to 23. A formatter takes longer to create than to use, and far more memory,
 * so it is created once for all times of a day.
 */
export function clockOf(timeZone: string): (time: Date) => number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' })
  return (time) => Number(format.format(time))
}

/** The dates of times in a time zone. The Swedish format is that of ISO 8601. */
function calendarOf(timeZone: string): (time: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone })
  return (time) => format.format(time)
}

const shifted = (date: string, days: number): string => {
  const time = new Date(`${date}T00:00:00Z`)
  time.setUTCDate(time.getUTCDate() + days)
  return time.toISOString().slice(0, 10)
}

const quarterHourMs = 15 * 60_000

/**
 * The first moment of a date. Clocks of the world differ from UTC by at most 14 hours, in steps of a quarter of an hour,
 * and some change at midnight, so the moment is searched for and not computed from an offset.
 */
function startOf(date: string, dateOf: (time: Date) => string): Date {
  const utc = Date.parse(`${date}T00:00:00Z`)
  for (let ms = utc - 15 * 3_600_000; ; ms += quarterHourMs) {
    if (dateOf(new Date(ms)) >= date) return new Date(ms)
  }
}
