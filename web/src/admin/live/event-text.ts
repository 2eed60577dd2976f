import type { BusEvent } from '../../api/types.ts'
import { formatMoney, plural, signed, type Money } from '../../format.ts'

/** The service that published an event: `orders` of `orders.app`. */
export const serviceOf = ({ source }: BusEvent): string => source.replace(/\.app$/, '')

/** `OrderPaymentFailed` as `Order payment failed`. */
export function words(type: string): string {
  const text = type.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `34 ms`, `5.5 s`, `3 min`, `2 h`, `4 d` */
export function formatElapsed(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`
}

export const elapsedBetween = (earlier: string, later: string): number => Date.parse(later) - Date.parse(earlier)

/** The one fact of an event that a reader looks for; empty for an event without one. */
export function summaryOf({ type, data }: BusEvent): string {
  if (type === 'StockChanged') return [changeOf(data['change']), text(data['sku'])].filter(Boolean).join(' · ')
  if (type === 'OrderPlaced') return [piecesOf(data['items']), moneyOf(data['total'])].filter(Boolean).join(' · ')
  if (isMoney(data['amount'])) return formatMoney(data['amount'])
  if (isRecord(data['refund']) && isMoney(data['refund']['amount'])) return formatMoney(data['refund']['amount'])
  if (isRecord(data['return'])) return piecesOf(data['return']['items'])
  if (Array.isArray(data['shortages'])) return plural(data['shortages'].length, 'shortage')
  if (Array.isArray(data['lines'])) return piecesOf(data['lines'])
  if (Array.isArray(data['thumbnails'])) return plural(data['thumbnails'].length, 'size')
  for (const name of ['trackingNumber', 'reason', 'sku'] as const) if (data[name]) return text(data[name])
  return moneyOf(data['total'])
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isMoney = (value: unknown): value is Money =>
  isRecord(value) && typeof value['amount'] === 'number' && typeof value['currency'] === 'string'

const text = (value: unknown) => (typeof value === 'string' ? value : '')

const moneyOf = (value: unknown) => (isMoney(value) ? formatMoney(value) : '')

function piecesOf(lines: unknown): string {
  if (!Array.isArray(lines)) return ''
  const count = lines.reduce<number>((sum, line) => sum + Number(isRecord(line) ? line['quantity'] : 0), 0)
  return Number.isFinite(count) ? plural(count, 'piece') : ''
}

/** `−2 available`, or of a shipment, which leaves what is available as it is, `−2 reserved`. */
function changeOf(change: unknown): string {
  if (!isRecord(change)) return ''
  const name = ['available', 'reserved', 'shipped'].find((part) => Number(change[part]) !== 0)
  if (!name) return ''
  return `${signed(Number(change[name]))} ${name}`
}
