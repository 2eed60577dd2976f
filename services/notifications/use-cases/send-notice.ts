import { dayMs } from '#shared/days.ts'
import type { EventOf, EventDefinition } from '#shared/events/envelope.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { isThrottle } from '#shared/throttle.ts'
import { noticeOf, type Notice } from '../notices.ts'
import type { Channel, Contact, Contacts, Deliveries, Mailer, Settled, Suppressions, TextMessenger } from '../ports.ts'

export interface NoticeDependencies {
  readonly deliveries: Deliveries
  readonly contacts: Contacts
  readonly suppressions: Pick<Suppressions, 'has'>
  readonly mailer: Mailer
  readonly texts: TextMessenger
  /** The recipient of emails for staff. @default they are not sent */
  readonly staffAddress?: string | undefined
  readonly now: () => Date
  /** Of messages that SES or SNS throttle: those were not sent, and the SDK repeats no request that sends one. */
  readonly backoff: Backoff
}

type Outcome = Settled | { readonly status: 'repeated' | 'claimed-by-another' }

export interface NoticeOutcome {
  readonly email: Outcome
  /** Undefined when no text message was due. */
  readonly text: Outcome | undefined
}

/** Longer than the function's timeout, so that a claim outlasts its invocation; shorter than the visibility timeout. */
export const leaseMs = 18_000

/** A text message about something older is of no use: a replayed event sends none to a customer who opted in since. */
const textMaxAgeMs = dayMs

/**
 * Sends the messages about an event, each once. Only a crash between acceptance and recording sends one again:
 * the claim expires, and the retry cannot detect that it was sent.
 */
export async function sendNotice(
  dependencies: NoticeDependencies,
  event: EventOf<EventDefinition>,
): Promise<NoticeOutcome> {
  const notice = noticeOf(event.type)
  let contact: Promise<Contact | undefined> | undefined
  const findContact = () => (contact ??= contactOf(dependencies, notice, event))
  const email = await once(dependencies, event, 'email', async () =>
    sendMail(dependencies, notice, event, await findContact()),
  )
  const isRecent = dependencies.now().getTime() - Date.parse(event.metadata.time) < textMaxAgeMs
  const { text } = notice
  if (!text || !isRecent || email.status === 'claimed-by-another') return { email, text: undefined }
  const { phone: to, preferences } = (await findContact()) ?? {}
  if (to === undefined || !preferences?.sms) return { email, text: undefined }
  const send = () => dependencies.texts.send({ to, text: text(event.data) })
  return { email, text: await once(dependencies, event, 'sms', send) }
}

/** Claims a message, sends it and settles it, unless another delivery of the event did or does. */
async function once(
  { deliveries, now, backoff }: NoticeDependencies,
  { metadata }: EventOf<EventDefinition>,
  channel: Channel,
  send: () => Promise<Settled>,
): Promise<Outcome> {
  const claim = await deliveries.claim(metadata.id, { channel, now: now(), leaseMs })
  if (claim === 'claimed-by-another') return { status: claim }
  if (claim === 'settled') return { status: 'repeated' }
  const outcome = await unlessThrottled(send, backoff)
  await deliveries.settle(metadata.id, { channel, outcome, time: now() })
  return outcome
}

async function unlessThrottled(send: () => Promise<Settled>, backoff: Backoff): Promise<Settled> {
  const attempt = () =>
    send().catch((error: unknown) => {
      if (isThrottle(error)) return error as Error
      throw error
    })
  const outcome = await retryWhileContended(backoff, attempt, (result) => result instanceof Error)
  if (outcome instanceof Error) throw outcome
  return outcome
}

async function contactOf(
  { contacts, staffAddress }: NoticeDependencies,
  { recipient }: Notice<unknown>,
  { data }: EventOf<EventDefinition>,
): Promise<Contact | undefined> {
  if (recipient !== 'staff') return contacts.find(recipient(data))
  return staffAddress === undefined ? undefined : { email: staffAddress, preferences: { email: true, sms: false } }
}

async function sendMail(
  { suppressions, mailer }: NoticeDependencies,
  { mail, optional = false }: Notice<unknown>,
  { data, metadata }: EventOf<EventDefinition>,
  contact: Contact | undefined,
): Promise<Settled> {
  if (!contact) return { status: 'no-contact' }
  if (optional && !contact.preferences.email) return { status: 'declined' }
  if (await suppressions.has(contact.email)) return { status: 'suppressed' }
  return mailer.send({ to: contact.email, eventId: metadata.id, ...mail(data, contact.name) })
}
