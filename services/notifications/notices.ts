import type * as z from 'zod'
import type { EventDefinition } from '#shared/events/envelope.ts'
import { StockDepleted, StockLow } from '#services/inventory/events.ts'
import {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPaymentFailed,
  OrderRefunded,
  OrderRejected,
  OrderReserved,
  OrderShipped,
  ReturnRequested,
} from '#services/orders/events.ts'
import { ReportReady } from '#services/reporting/events.ts'
import { UserRegistered } from '#services/users/events.ts'
import type { MailContent } from './templates/layout.ts'
import {
  orderCancelledMail,
  orderConfirmedMail,
  orderDeliveredMail,
  orderPaymentFailedMail,
  orderRefundedMail,
  orderRejectedMail,
  orderShippedMail,
  returnRequestedMail,
} from './templates/order-mails.ts'
import { reportMail, stockDepletedMail, stockLowMail } from './templates/staff-mails.ts'
import { orderDeliveredText, orderShippedText } from './templates/texts.ts'
import { welcomeMail } from './templates/welcome.ts'

/** An event that a customer or staff are notified of, and how. */
export interface Notice<Data> {
  readonly event: EventDefinition
  /** The user id of a customer, or the stage's address of staff. */
  readonly recipient: 'staff' | ((data: Data) => string)
  /** Whether a customer can decline the email. @default false */
  readonly optional?: boolean
  readonly mail: (data: Data, name: string | undefined) => MailContent
  /** The text message for customers who want one. @default none */
  readonly text?: (data: Data) => string
}

/** Checks a row against the data of its event. The rows of the table have different data, hence `any`. */
const on = <Definition extends EventDefinition>(
  event: Definition,
  row: Omit<Notice<z.infer<Definition['data']>>, 'event'>,
): Notice<any> => ({ event, ...row })

const customer = { recipient: ({ customerId }: { customerId: string }) => customerId, optional: true }

/** Every notification. To add one, add a row and a template. */
const notices = [
  on(UserRegistered, { recipient: ({ userId }) => userId, mail: welcomeMail }),
  on(OrderReserved, { ...customer, mail: orderConfirmedMail }),
  on(OrderRejected, { ...customer, mail: orderRejectedMail }),
  on(OrderPaid, { ...customer, mail: orderConfirmedMail }),
  on(OrderPaymentFailed, { ...customer, mail: orderPaymentFailedMail }),
  on(OrderShipped, { ...customer, mail: orderShippedMail, text: orderShippedText }),
  on(OrderDelivered, { ...customer, mail: orderDeliveredMail, text: orderDeliveredText }),
  on(OrderCancelled, { ...customer, mail: orderCancelledMail }),
  on(ReturnRequested, { ...customer, mail: returnRequestedMail }),
  on(OrderRefunded, { ...customer, mail: orderRefundedMail }),
  on(StockLow, { recipient: 'staff', mail: stockLowMail }),
  on(StockDepleted, { recipient: 'staff', mail: stockDepletedMail }),
  on(ReportReady, { recipient: 'staff', mail: reportMail }),
]

/** The events of all rows. */
export const noticedEvents = notices.map(({ event }) => event)

/**
 * The events to subscribe to. An order is confirmed when it is paid, or when its stock is reserved in a shop without
 * payments; staff are notified only where the stage has an address for them.
 */
export const subscribedEvents = ({
  installed,
  hasStaff,
}: {
  readonly installed: readonly string[]
  readonly hasStaff: boolean
}): EventDefinition[] =>
  notices
    .filter(({ recipient }) => hasStaff || recipient !== 'staff')
    .map(({ event }) => event)
    .filter((event) => event !== (installed.includes('payments') ? OrderReserved : OrderPaid))

/** @throws Error for an event that is not in the table, which no rule delivers */
export function noticeOf(type: string): Notice<any> {
  const notice = notices.find(({ event }) => event.type === type)
  if (!notice) throw new Error(`No notice exists for ${type}.`)
  return notice
}
