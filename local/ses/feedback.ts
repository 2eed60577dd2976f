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
 * The mailbox simulator's addresses that bounce or complain, with any label after a plus sign (SES Developer Guide,
 * "Using the mailbox simulator manually"). No other address does so here.
 */
const simulated: readonly { readonly type: FeedbackType; readonly pattern: RegExp }[] = [
  { type: 'BOUNCE', pattern: /^bounce(\+[^@]*)?@simulator\.amazonses\.com$/i },
  { type: 'COMPLAINT', pattern: /^complaint(\+[^@]*)?@simulator\.amazonses\.com$/i },
]

/** The events of a sent email, one for each recipient that bounces or complains. */
export const feedbackOf = (mail: Mail, configurationSet: string): FeedbackEvent[] =>
  [...mail.destination.to, ...mail.destination.cc, ...mail.destination.bcc].flatMap((emailAddress) =>
    simulated
      .filter(({ pattern }) => pattern.test(emailAddress))
      .map(({ type }) => ({
        type,
        detailType: type === 'BOUNCE' ? 'Email Bounced' : 'Email Complaint Received',
        resources: [arn('ses', `configuration-set/${configurationSet}`)],
        detail: {
          ...(type === 'BOUNCE' ? bounce(mail, emailAddress) : complaint(mail, emailAddress)),
          mail: sentMail(mail, configurationSet),
        },
      })),
  )

const timestampOf = ({ at }: Mail) => new Date(at * 1000).toISOString()

const bounce = (mail: Mail, emailAddress: string) => ({
  eventType: 'Bounce',
  bounce: {
    feedbackId: randomUUID(),
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      { emailAddress, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
    ],
    timestamp: timestampOf(mail),
  },
})

const complaint = (mail: Mail, emailAddress: string) => ({
  eventType: 'Complaint',
  complaint: {
    feedbackId: randomUUID(),
    complainedRecipients: [{ emailAddress }],
    complaintFeedbackType: 'abuse',
    timestamp: timestampOf(mail),
  },
})

/** SES adds the tag of the configuration set itself (SES Developer Guide, "How event publishing works": auto-tags). */
const sentMail = (mail: Mail, configurationSet: string) => ({
  timestamp: timestampOf(mail),
  source: mail.from,
  sendingAccountId: accountId,
  messageId: mail.messageId,
  destination: [...mail.destination.to, ...mail.destination.cc, ...mail.destination.bcc],
  tags: {
    'ses:configuration-set': [configurationSet],
    ...Object.fromEntries(Object.entries(mail.tags ?? {}).map(([name, value]) => [name, [value]])),
  },
})
