import type * as z from 'zod'
import { formatMoney } from '#shared/money.ts'
import type { EventDefinition } from '#shared/events/envelope.ts'
import type {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPaymentFailed,
  OrderRefunded,
  OrderRejected,
  OrderShipped,
  ReturnRequested,
} from '#services/orders/events.ts'
import { html } from '#shared/html.ts'
import { colors, composeMail, note, paragraph, titled, type Block, type MailContent } from './layout.ts'

export type DataOf<Definition extends EventDefinition> = z.infer<Definition['data']>

type Order = DataOf<typeof OrderPaid>

/** An email about an order: its title and id as the subject, an opening sentence, then the blocks and the id. */
const orderMail = (
  { orderId }: Pick<Order, 'orderId'>,
  { title, preview, name, blocks }: { title: string; preview: string; name: string | undefined; blocks: Block[] },
): MailContent =>
  composeMail({
    title,
    subject: `${title}: ${orderId}`,
    preview,
    name,
    blocks: [paragraph(preview), ...blocks, note(`Order ${orderId}`)],
  })

export function orderConfirmedMail(order: Order, name: string | undefined): MailContent {
  const reserved = 'Everything is in stock and set aside for you.'
  const preview = order.orderType === 'express' ? `${reserved} Express orders leave us first.` : reserved
  return orderMail(order, { title: 'Your order is confirmed', preview, name, blocks: [orderLines(order)] })
}

/** The shortages come first, since they are the reason of the rejection. */
export const orderRejectedMail = (order: DataOf<typeof OrderRejected>, name: string | undefined): MailContent =>
  orderMail(order, {
    title: 'We could not take your order',
    preview: 'Not everything you ordered is in stock, so nothing was reserved and nothing will be charged.',
    name,
    blocks: [
      shortages(order),
      paragraph('Order again without these, or with fewer of them, and we will get it on its way.'),
      titled('What you ordered', orderLines(order)),
    ],
  })

const paymentProblems: Readonly<Record<DataOf<typeof OrderPaymentFailed>['reason'], string>> = {
  declined: 'Your payment was declined.',
  'insufficient-funds': 'Your account did not have enough money for this payment.',
  'reservation-expired': 'The payment took too long, and the pieces could not be held any longer.',
}

export const orderPaymentFailedMail = (
  order: DataOf<typeof OrderPaymentFailed>,
  name: string | undefined,
): MailContent =>
  orderMail(order, {
    title: 'Your payment did not go through',
    preview: `${paymentProblems[order.reason]} Nothing was charged, and the order has ended.`,
    name,
    blocks: [
      paragraph('Please order again, with another means of payment if need be.'),
      titled('What you ordered', orderLines(order)),
    ],
  })

export const orderShippedMail = (order: DataOf<typeof OrderShipped>, name: string | undefined): MailContent =>
  orderMail(order, {
    title: 'Your order is on its way',
    preview: `We gave it to ${order.shipment.carrier}. The tracking number is ${order.shipment.trackingNumber}.`,
    name,
    blocks: [orderLines(order)],
  })

/** Also the email about a return that staff reject, which leaves the order DELIVERED. */
export const orderDeliveredMail = (order: DataOf<typeof OrderDelivered>, name: string | undefined): MailContent =>
  orderMail(
    order,
    order.reason === 'return-rejected'
      ? {
          title: 'We could not accept your return',
          preview: 'We checked the pieces you wanted to send back and cannot refund them.',
          name,
          blocks: [paragraph('Answer this email if you think that this is wrong.'), orderLines(order)],
        }
      : {
          title: 'Your order has been delivered',
          preview:
            order.status === 'RETURN_REQUESTED'
              ? 'We will check your return request, and write to you when it is decided.'
              : 'We hope you like it. You can send pieces back within 30 days.',
          name,
          blocks: [orderLines(order)],
        },
  )

const cancellations: Readonly<Record<DataOf<typeof OrderCancelled>['reason'], string>> = {
  customer: 'As you asked, we cancelled your order.',
  staff: 'We had to cancel your order.',
  'reservation-expired': 'The payment took too long, and the pieces could not be held any longer.',
}

export const orderCancelledMail = (order: DataOf<typeof OrderCancelled>, name: string | undefined): MailContent =>
  orderMail(order, {
    title: 'Your order is cancelled',
    preview: `${cancellations[order.reason]} If you have paid, you get your money back.`,
    name,
    blocks: [titled('What you ordered', orderLines(order))],
  })

export const returnRequestedMail = (order: DataOf<typeof ReturnRequested>, name: string | undefined): MailContent =>
  orderMail(order, {
    title: 'We received your return request',
    preview: 'We will check it, and write to you when it is decided.',
    name,
    blocks: [titled('What you send back', pieceList(order, order.return.items))],
  })

export function orderRefundedMail(order: DataOf<typeof OrderRefunded>, name: string | undefined): MailContent {
  const { amount, items, shipping, chargedBack } = order.refund
  const refunded = `We refunded ${formatMoney(amount)} to your means of payment${shipping && !chargedBack ? ', shipping included' : ''}.`
  const byBank = chargedBack && `Your bank took ${formatMoney(chargedBack)} back for you, so we do not refund it again.`
  const isByBankAlone = byBank !== undefined && amount.amount === 0
  return orderMail(order, {
    title: isByBankAlone ? 'Your bank has given you your money back' : 'Your refund is on its way',
    preview: isByBankAlone ? byBank : [refunded, byBank].filter(Boolean).join(' '),
    name,
    blocks: items.length === 0 ? [] : [titled('What it is for', pieceList(order, items))],
  })
}

const tableStyle = 'font-size:15px;line-height:22px;'
const cell = `padding:12px 0;border-top:1px solid ${colors.line};vertical-align:top;`

/** The amounts between the lines and the total that are not zero. */
const extras = ({ discount, shipping }: Pick<Order, 'discount' | 'shipping'>): { name: string; amount: string }[] => [
  ...(discount.amount > 0 ? [{ name: 'Discount', amount: `−${formatMoney(discount)}` }] : []),
  ...(shipping.amount > 0 ? [{ name: 'Shipping', amount: formatMoney(shipping) }] : []),
]

const orderLines = (order: Pick<Order, 'items' | 'discount' | 'shipping' | 'total'>): Block => ({
  html: html`<table
    role="presentation"
    width="100%"
    cellpadding="0"
    cellspacing="0"
    style="${tableStyle}border-bottom:1px solid ${colors.line};"
  >
    ${order.items.map(
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
    ${extras(order).map(
      ({ name, amount }) =>
        html`<tr>
          <td style="${cell}">${name}</td>
          <td align="right" style="${cell}white-space:nowrap;">${amount}</td>
        </tr>`,
    )}
    <tr>
      <td style="${cell}font-weight:700;">Total, incl. VAT</td>
      <td align="right" style="${cell}font-weight:700;white-space:nowrap;">${formatMoney(order.total)}</td>
    </tr>
  </table>`,
  text: [
    ...order.items.map(
      (line) => `- ${line.name}: ${line.quantity} × ${formatMoney(line.unitPrice)} = ${formatMoney(line.lineTotal)}`,
    ),
    ...extras(order).map(({ name, amount }) => `${name}: ${amount}`),
    `Total, incl. VAT: ${formatMoney(order.total)}`,
  ].join('\n'),
})

/** Pieces of an order by the names of their products. */
function pieceList(order: Pick<Order, 'items'>, pieces: readonly { sku: string; quantity: number }[]): Block {
  const lines = pieces.map(({ sku, quantity }) => `${quantity} × ${nameOf(order, sku)}`)
  return {
    html: html`<ul style="margin:0 0 16px;padding-left:20px;">
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>`,
    text: lines.map((line) => `- ${line}`).join('\n'),
  }
}

const nameOf = ({ items }: Pick<Order, 'items'>, sku: string) => items.find((item) => item.sku === sku)?.name ?? sku

function shortages(order: DataOf<typeof OrderRejected>): Block {
  const lines = order.shortages.map(({ sku, requested, available }) => ({
    name: nameOf(order, sku),
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
