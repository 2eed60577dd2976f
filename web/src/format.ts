export interface Money {
  /** Minor units: cents of a euro. */
  readonly amount: number
  readonly currency: string
}

const locale = 'en-IE'
const formats = new Map<string, Intl.NumberFormat>()

export function formatMoney({ amount, currency }: Money): string {
  let format = formats.get(currency)
  if (!format) formats.set(currency, (format = new Intl.NumberFormat(locale, { style: 'currency', currency })))
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}

/** @returns undefined for text that is no amount, such as `12,345.6` or `-1` */
export function parseMoney(text: string, currency = 'EUR'): Money | undefined {
  const match = /^(\d{1,8})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  if (!match) return undefined
  const [, whole = '', part = ''] = match
  return { amount: Number(whole) * 100 + Number(part.padEnd(2, '0')), currency }
}

const percentFormat = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })

/** @param part of one, such as 0.23 */
export const formatPercent = (part: number): string => percentFormat.format(part)

const dateFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
const dateTimeFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
const shortTimeFormat = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
const timeFormat = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })

/** @param time ISO 8601 */
export const formatDate = (time: string): string => dateFormat.format(new Date(time))
export const formatDateTime = (time: string): string => dateTimeFormat.format(new Date(time))
export const formatShortTime = (time: string): string => shortTimeFormat.format(new Date(time))
export const formatTime = (time: string): string => timeFormat.format(new Date(time))

const countFormat = new Intl.NumberFormat(locale)

export const formatCount = (count: number): string => countFormat.format(count).replace('-', '−')

/** A change with its sign; nothing for none. */
export const signed = (change: number): string => (change === 0 ? '' : `${change > 0 ? '+' : ''}${formatCount(change)}`)

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`
