import type { EventOf, EventDefinition } from '#shared/events/envelope.ts'
import { noticeOf } from '../notices.ts'
import type { Channel, Contacts, Deliveries, Mailer, Settled } from '../ports.ts'

export interface NoticeDependencies {
  readonly deliveries: Deliveries
  readonly contacts: Contacts
  readonly channels: Readonly<Record<Channel, Mailer>>
  readonly now: () => Date
}

export type NoticeOutcome = Settled | { readonly status: 'repeated' | 'claimed-by-another' }

/** Longer than the function's timeout, so that a claim outlasts its invocation; shorter than the visibility timeout. */
export const leaseMs = 8_000

/**
 * Sends the email of an event once. Only a crash between acceptance and recording sends it again:
 * the claim expires, and the retry cannot detect that the email was sent.
 */
export async function sendNotice(
  dependencies: NoticeDependencies,
  event: EventOf<EventDefinition>,
): Promise<NoticeOutcome> {
  const { deliveries, now } = dependencies
  const eventId = event.metadata.id
  const claim = await deliveries.claim(eventId, { now: now(), leaseMs })
  if (claim === 'claimed-by-another') return { status: claim }
  if (claim === 'settled') return { status: 'repeated' }
  const settled = await deliver(dependencies, event)
  await deliveries.settle(eventId, settled, now())
  return settled
}

async function deliver(
  { contacts, channels }: NoticeDependencies,
  { type, data, metadata }: EventOf<EventDefinition>,
): Promise<Settled> {
  const { recipient, preference, channel, template } = noticeOf(type)
  const contact = await contacts.find(recipient(data))
  if (!contact) return { status: 'no-contact' }
  if (preference !== undefined && !contact.preferences[preference]) return { status: 'declined' }
  return channels[channel].send({ to: contact.email, eventId: metadata.id, ...template(data, contact.name) })
}
