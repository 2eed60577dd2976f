import { unreachable } from '#shared/result.ts'
import type { NoticedEvent } from '../domain/notice.ts'
import type { MailContent } from './mail-content.ts'
import { orderRejectedMail } from './order-rejected.ts'
import { orderReservedMail } from './order-reserved.ts'
import { welcomeMail } from './welcome.ts'

/** What an event's mail says to the customer of this name. */
export function contentOf(event: NoticedEvent, name: string | undefined): MailContent {
  switch (event.type) {
    case 'OrderReserved':
      return orderReservedMail(event, name)
    case 'OrderRejected':
      return orderRejectedMail(event, name)
    case 'UserRegistered':
      return welcomeMail(name)
    default:
      return unreachable(event)
  }
}
