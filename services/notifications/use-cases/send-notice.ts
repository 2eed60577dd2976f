import { isDeclinable, recipientOf, type NoticedEvent } from '../domain/notice.ts'
import type { Contacts, Mailer, Notices, Settled } from '../ports.ts'
import { contentOf } from '../templates/content-of.ts'

export interface NoticeDependencies {
  readonly notices: Notices
  readonly contacts: Contacts
  readonly mailer: Mailer
  readonly now: () => Date
}

export type NoticeOutcome = Settled | 'repeated' | 'claimed-by-another'

/** Longer than the function may run, so that a claim outlives its sender; shorter than the queue's visibility timeout. */
export const leaseMs = 8_000

/**
 * Sends the mail of an event, once. Only a crash between the mail's acceptance and the note of it can send it again:
 * then the claim runs out and the retry cannot know better.
 */
export async function sendNotice(
  { notices, contacts, mailer, now }: NoticeDependencies,
  event: NoticedEvent,
): Promise<NoticeOutcome> {
  const eventId = event.metadata.id
  const claim = await notices.claim(eventId, { now: now(), leaseMs })
  if (claim === 'claimed-by-another') return claim
  if (claim !== 'claimed') return 'repeated'
  const status = await deliver(contacts, mailer, event)
  await notices.settle(eventId, { status, now: now() })
  return status
}

async function deliver(contacts: Contacts, mailer: Mailer, event: NoticedEvent): Promise<Settled> {
  const contact = await contacts.find(recipientOf(event))
  if (!contact) return 'no-contact'
  if (isDeclinable(event) && !contact.orderMails) return 'declined'
  return mailer.send({ to: contact.email, eventId: event.metadata.id, ...contentOf(event, contact.name) })
}
