import type * as z from 'zod'
import { formatMoney } from '#shared/money.ts'
import type { OrderRejected, OrderReserved } from '#services/orders/events.ts'
import { html } from './html.ts'
import { colors, composeMail, note, paragraph, titled, type Block, type MailContent } from './layout.ts'

type Reserved = z.infer<typeof OrderReserved.data>
type Rejected = z.infer<typeof OrderRejected.data>

export function orderReservedMail(order: Reserved, name: string | undefined): MailContent {
  const reserved = 'Everything is in stock and set aside for you.'
  const preview = order.orderType === 'express' ? `${reserved} Express orders leave us first.` : reserved
  const title = 'Your order is confirmed'
  return composeMail({
    title,
    subject: `${title}: ${order.orderId}`,
    preview,
    name,
    blocks: [paragraph(preview), orderLines(order), note(`Order ${order.orderId}`)],
  })
}

/** The shortages come first, since they are the reason of the rejection. */
export function orderRejectedMail(order: Rejected, name: string | undefined): MailContent {
  const preview = 'Not everything you ordered is in stock, so nothing was reserved and nothing will be charged.'
  const title = 'We could not take your order'
  return composeMail({
    title,
    subject: `${title}: ${order.orderId}`,
    preview,
    name,
    blocks: [
      paragraph(preview),
      shortages(order),
      paragraph('Order again without these, or with fewer of them, and we will get it on its way.'),
      titled('What you ordered', orderLines(order)),
      note(`Order ${order.orderId}`),
    ],
  })
}

const tableStyle = 'font-size:15px;line-height:22px;'
const cell = `padding:12px 0;border-top:1px solid ${colors.line};vertical-align:top;`

const orderLines = ({ items, total }: Pick<Reserved, 'items' | 'total'>): Block => ({
  html: html`<table
    role="presentation"
    width="100%"
    cellpadding="0"
    cellspacing="0"
    style="${tableStyle}border-bottom:1px solid ${colors.line};"
  >
    ${items.map(
      (line) =>
        html`<tr>
          <td style="${cell}padding-right:16px;">
            ${line.name}<br /><span style="font-size:13px;color:${colors.muted};"
              >${line.quantity} × ${formatMoney(line.unitPrice)}</span
            >
          </td>
          <td align="right" style="${cell}white-space:nowrap;">${formatMoney(line.lineTotal)}</td>
        </tr>`,
    )}
    <tr>
      <td style="${cell}font-weight:700;">Total</td>
      <td align="right" style="${cell}font-weight:700;white-space:nowrap;">${formatMoney(total)}</td>
    </tr>
  </table>`,
  text: [
    ...items.map(
      (line) => `- ${line.name}: ${line.quantity} × ${formatMoney(line.unitPrice)} = ${formatMoney(line.lineTotal)}`,
    ),
    `Total: ${formatMoney(total)}`,
  ].join('\n'),
})

function shortages(order: Rejected): Block {
  const lines = order.shortages.map(({ sku, requested, available }) => ({
    name: order.items.find((item) => item.sku === sku)?.name ?? sku,
    problem: `${available === 0 ? 'sold out' : `only ${available} left`} (you ordered ${requested})`,
  }))
  return {
    html: html`<table
      role="presentation"
      width="100%"
      cellpadding="0"
      cellspacing="0"
      style="margin:0 0 16px;background:#fffbeb;border-left:4px solid ${colors.alarm};${tableStyle}"
    >
      ${lines.map(
        ({ name, problem }) =>
          html`<tr>
            <td style="padding:12px 16px;">
              <strong>${name}</strong><br /><span style="color:${colors.alarm};">${problem}</span>
            </td>
          </tr>`,
      )}
    </table>`,
    text: ['Not in stock:', ...lines.map(({ name, problem }) => `- ${name}: ${problem}`)].join('\n'),
  }
}
