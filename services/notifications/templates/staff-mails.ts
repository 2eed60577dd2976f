import type { StockDepleted, StockLow } from '#services/inventory/events.ts'
import type { ReportReady } from '#services/reporting/events.ts'
import { formatMoney } from '#shared/money.ts'
import { composeMail, paragraph, type MailContent } from './layout.ts'
import type { DataOf } from './order-mails.ts'

export function stockLowMail({ sku, available, threshold }: DataOf<typeof StockLow>): MailContent {
  const pieces = available === 1 ? '1 piece is' : `${available} pieces are`
  return staffMail(`Low stock: ${sku}`, `${pieces} left, and ${threshold} is the threshold for this mail.`, toAdd(sku))
}

export const stockDepletedMail = ({ sku }: DataOf<typeof StockDepleted>): MailContent =>
  staffMail(`Out of stock: ${sku}`, 'No piece is left. New orders of it are rejected.', toAdd(sku))

const toAdd = (sku: string) => `Add pieces with PUT /admin/inventory/${sku}.`

export const reportMail = ({ day, orders, revenue, refunded }: DataOf<typeof ReportReady>): MailContent =>
  staffMail(
    `Sales of ${day}: ${formatMoney(revenue)}`,
    `${orders === 1 ? '1 order was' : `${orders} orders were`} paid, ${formatMoney(refunded)} refunded.`,
    'GET /admin/reports has the links to the report, as a page and as CSV.',
  )

const staffMail = (title: string, preview: string, todo: string): MailContent =>
  composeMail({
    title,
    preview,
    name: undefined,
    footer: 'You get this email because this address receives the mails of the shop for its staff.',
    blocks: [paragraph(preview), paragraph(todo)],
  })
