import { formatDate } from '../../format.ts'

/** A day of the shop, wherever the browser is. */
export const dayText = (day: string): string => formatDate(`${day}T12:00:00`)
