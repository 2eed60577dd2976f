import type * as z from 'zod'
import type { EventDefinition } from '#shared/events/envelope.ts'
import { OrderRejected, OrderReserved } from '#services/orders/events.ts'
import { UserRegistered } from '#services/users/events.ts'
import type { Channel, Preference } from './ports.ts'
import type { MailContent } from './templates/layout.ts'
import { orderRejectedMail, orderReservedMail } from './templates/order-mails.ts'
import { welcomeMail } from './templates/welcome.ts'

/** An event that a customer is notified of, and how. */
export interface Notice<Data> {
  readonly event: EventDefinition
  /** The user id of the recipient. */
  readonly recipient: (data: Data) => string
  readonly channel: Channel
  /** The preference with which a customer declines it. @default mandatory */
  readonly preference?: Preference
  readonly template: (data: Data, name: string | undefined) => MailContent
}

/** Checks a row against the data of its event. The rows of the table have different data, hence `any`. */
const on = <Definition extends EventDefinition>(
  event: Definition,
  row: Omit<Notice<z.infer<Definition['data']>>, 'event'>,
): Notice<any> => ({ event, ...row })

/** Every notification. To add one, add a row and a template. */
const notices = [
  on(OrderReserved, {
    recipient: ({ customerId }) => customerId,
    channel: 'email',
    preference: 'orders',
    template: orderReservedMail,
  }),
  on(OrderRejected, {
    recipient: ({ customerId }) => customerId,
    channel: 'email',
    preference: 'orders',
    template: orderRejectedMail,
  }),
  on(UserRegistered, {
    recipient: ({ userId }) => userId,
    channel: 'email',
    template: welcomeMail,
  }),
]

export const noticedEvents = notices.map(({ event }) => event)

/** @throws Error for an event that is not in the table, which no rule delivers */
export function noticeOf(type: string): Notice<any> {
  const notice = notices.find(({ event }) => event.type === type)
  if (!notice) throw new Error(`No notice exists for ${type}.`)
  return notice
}
