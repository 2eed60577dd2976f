import { randomUUID } from 'node:crypto'
import { accountId, arn } from '../assembly/provider.ts'
import type { Mail } from './mail-store.ts'

/** Kinds of events, as `MatchingEventTypes` of an event destination names them. */
export type FeedbackType = 'BOUNCE' | 'COMPLAINT'

/** Where a configuration set sends its events: the event types by the name of each destination. */
export type EventDestinations = Map<string, ReadonlySet<FeedbackType>>

export interface FeedbackEvent {
  readonly type: FeedbackType
  readonly detailType: string
  readonly resources: string[]
  readonly detail: object
}

/**
 * The events of a sent email, one for each recipient that is an address of the mailbox simulator: `bounce@…` and
 * `complaint@…`, with any label after a plus sign (SES Developer Guide, "Using the mailbox simulator manually").
 */
export function feedbackOf(mail: Mail, configurationSet: string): FeedbackEvent[] {
  const destination = [...mail.destination.to, ...mail.destination.cc, ...mail.destination.bcc]
  const timestamp = new Date(mail.at * 1000).toISOString()
  const tags = Object.entries(mail.tags ?? {}).map(([name, value]) => [name, [value]])
  return destination.flatMap((emailAddress) => {
    const kind = /^(bounce|complaint)(\+[^@]*)?@simulator\.amazonses\.com$/i.exec(emailAddress)?.[1]?.toLowerCase()
    if (kind === undefined) return []
    const detail = {
      ...(kind === 'bounce' ? bounce(emailAddress, timestamp) : complaint(emailAddress, timestamp)),
      mail: {
        timestamp,
        source: mail.from,
        sendingAccountId: accountId,
        messageId: mail.messageId,
        destination,
        // SES adds the tag of the set itself (SES Developer Guide, "How event publishing works": auto-tags).
        tags: { 'ses:configuration-set': [configurationSet], ...Object.fromEntries(tags) },
      },
    }
    const resources = [arn('ses', `configuration-set/${configurationSet}`)]
    return kind === 'bounce'
      ? { type: 'BOUNCE', detailType: 'Email Bounced', resources, detail }
      : { type: 'COMPLAINT', detailType: 'Email Complaint Received', resources, detail }
  })
}

const bounce = (emailAddress: string, timestamp: string) => ({
  eventType: 'Bounce',
  bounce: {
    feedbackId: randomUUID(),
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      { emailAddress, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
    ],
    timestamp,
  },
})

const complaint = (emailAddress: string, timestamp: string) => ({
  eventType: 'Complaint',
  complaint: {
    feedbackId: randomUUID(),
    complainedRecipients: [{ emailAddress }],
    complaintFeedbackType: 'abuse',
    timestamp,
  },
})
