import type { EventOf } from '#shared/events/envelope.ts'
import type { OrderReserved } from '#services/orders/events.ts'
import type { MailContent } from './mail-content.ts'
import { html } from './html.ts'
import { greeting, layout, note, paragraph } from './layout.ts'
import { orderLinesText, orderTable } from './order-lines.ts'

export function orderReservedMail({ data }: EventOf<typeof OrderReserved>, name: string | undefined): MailContent {
  const title = 'Your order is confirmed'
  const promise =
    data.orderType === 'express'
      ? 'Everything is in stock and set aside for you. Express orders leave us first.'
      : 'Everything is in stock and set aside for you.'
  return {
    subject: `${title}: ${data.orderId}`,
    html: layout({
      title,
      preview: promise,
      content: html`${paragraph(greeting(name))}${paragraph(promise)}${orderTable(data.items, data.total)}${note(
        `Order ${data.orderId}`,
      )}`,
    }),
    text: [greeting(name), promise, orderLinesText(data.items, data.total), `Order ${data.orderId}`].join('\n\n'),
  }
}
