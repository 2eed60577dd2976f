import type { EventOf } from '#shared/events/envelope.ts'
import type { OrderRejected } from '#services/orders/events.ts'
import { html, type SafeHtml } from './html.ts'
import { colors, greeting, layout, note, paragraph } from './layout.ts'
import type { MailContent } from './mail-content.ts'
import { orderLinesText, orderTable } from './order-lines.ts'

/** Tells the lines that lack first: they are why the order as a whole was not taken. */
export function orderRejectedMail({ data }: EventOf<typeof OrderRejected>, name: string | undefined): MailContent {
  const title = 'We could not take your order'
  const apology = 'Not everything you ordered is in stock, so nothing was reserved and nothing will be charged.'
  const advice = 'Order again without these, or with fewer of them, and we will get it on its way.'
  const lacking = data.shortages.map((shortage) => ({
    name: data.items.find(({ sku }) => sku === shortage.sku)?.name ?? shortage.sku,
    lack: describeLack(shortage),
  }))
  return {
    subject: `${title}: ${data.orderId}`,
    html: layout({
      title,
      preview: apology,
      content: html`${paragraph(greeting(name))}${paragraph(apology)}${lackingTable(lacking)}${paragraph(advice)}
      ${paragraph(html`<strong>What you ordered</strong>`)}${orderTable(data.items, data.total)}${note(
        `Order ${data.orderId}`,
      )}`,
    }),
    text: [
      greeting(name),
      apology,
      ['Not in stock:', ...lacking.map((line) => `- ${line.name}: ${line.lack}`)].join('\n'),
      advice,
      `What you ordered:\n${orderLinesText(data.items, data.total)}`,
      `Order ${data.orderId}`,
    ].join('\n\n'),
  }
}

const describeLack = ({ requested, available }: { requested: number; available: number }): string =>
  available === 0 ? `sold out (you asked for ${requested})` : `only ${available} left (you asked for ${requested})`

const lackingTable = (lines: readonly { name: string; lack: string }[]): SafeHtml =>
  html`<table
    role="presentation"
    width="100%"
    cellpadding="0"
    cellspacing="0"
    style="margin:0 0 16px;background:#fffbeb;border-left:4px solid ${colors.alarm};font-size:15px;line-height:22px;"
  >
    ${lines.map(
      (line) =>
        html`<tr>
          <td style="padding:12px 16px;">
            <strong>${line.name}</strong><br /><span style="color:${colors.alarm};">${line.lack}</span>
          </td>
        </tr>`,
    )}
  </table>`
