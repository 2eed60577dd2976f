import type { StockDepleted, StockLow } from '#services/inventory/events.ts'
import { composeMail, paragraph, type MailContent } from './layout.ts'
import type { DataOf } from './order-mails.ts'

export function stockLowMail({ sku, available, threshold }: DataOf<typeof StockLow>): MailContent {
  const pieces = available === 1 ? '1 piece is' : `${available} pieces are`
  const preview = `${pieces} left, and ${threshold} is the threshold for this mail.`
  return stockMail(`Low stock: ${sku}`, preview, sku)
}

export const stockDepletedMail = ({ sku }: DataOf<typeof StockDepleted>): MailContent =>
  stockMail(`Out of stock: ${sku}`, 'No piece is left. New orders of it are rejected.', sku)

const stockMail = (title: string, preview: string, sku: string): MailContent =>
  composeMail({
    title,
    preview,
    name: undefined,
    footer: 'You get this email because this address receives the stock mails of the shop.',
    blocks: [paragraph(preview), paragraph(`Add pieces with PUT /admin/inventory/${sku}.`)],
  })
