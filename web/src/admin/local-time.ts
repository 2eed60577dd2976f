/** Times as the shop's staff type them: `2026-11-28T09:00`, on the clock of the shop, wherever the browser is. */

const parts = (timeZone: string) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })

/** @returns the time on the clock of a time zone, as an `<input type="datetime-local">` has it */
export const toLocalTime = (instant: string, timeZone: string): string =>
  parts(timeZone).format(new Date(instant)).replace(' ', 'T')

/**
 * @param local the value of an `<input type="datetime-local">`
 * @returns the instant as ISO 8601. A time that the clock shows twice in autumn is the first of both; one that it skips in
 * spring is as much later as the clock is put forward.
 */
export function fromLocalTime(local: string, timeZone: string): string {
  const asUtc = Date.parse(`${local}Z`)
  // The offset before and after a change of the clock, of which one applies.
  const [before, after] = [-1, 1].map((day) => offsetMs(asUtc + day * 86_400_000, timeZone)) as [number, number]
  const candidates = [asUtc - before, asUtc - after].toSorted((a, b) => a - b)
  const exact = candidates.find(
    (instant) => toLocalTime(new Date(instant).toISOString(), timeZone) === local.slice(0, 16),
  )
  return new Date(exact ?? asUtc - before).toISOString()
}

/** How far the clock of a time zone is ahead of UTC. */
function offsetMs(instant: number, timeZone: string): number {
  const minute = Math.floor(instant / 60_000) * 60_000
  return Date.parse(`${toLocalTime(new Date(minute).toISOString(), timeZone)}Z`) - minute
}

const shown = new Map<string, Intl.DateTimeFormat>()

/** @returns such as `28 Nov 2026, 09:00`, on the clock of a time zone */
export function formatLocalTime(instant: string, timeZone: string): string {
  let format = shown.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-IE', { timeZone, dateStyle: 'medium', timeStyle: 'short' })
    shown.set(timeZone, format)
  }
  return format.format(new Date(instant))
}
