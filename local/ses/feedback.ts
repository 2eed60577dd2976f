import { randomUUID } from 'node:crypto'
import { accountId, arn } from '../assembly/provider.ts'
import type { Mail } from './mail-store.ts'

/** As `MatchingEventTypes` of an event destination names them. */
export const feedbackTypes: readonly string[] = ['BOUNCE', 'COMPLAINT']

export interface FeedbackEvent {
  readonly type: string
  readonly detailType: string
  readonly resources: string[]
  readonly detail: object
}

/**
 * The events of a sent email, one for each recipient that is an address of the mailbox simulator: `bounce@…` and
 * `complaint@…`, with any label after a plus sign (SES Developer Guide, "Using the mailbox simulator manually").
 */
export function feedbackOf(mail: Mail, configurationSet: string | undefined): FeedbackEvent[] {
  const destination = Object.values(mail.destination).flat()
  const timestamp = new Date(mail.at * 1000).toISOString()
  const tags = Object.entries(mail.tags ?? {}).map(([name, value]) => [name, [value]])
  const common = {
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
  return destination.flatMap((emailAddress) => {
    const feedback = { feedbackId: randomUUID(), timestamp }
    switch (/^(bounce|complaint)(\+[^@]*)?@simulator\.amazonses\.com$/i.exec(emailAddress)?.[1]?.toLowerCase()) {
      case 'bounce': {
        const diagnosticCode = 'smtp; 550 5.1.1 user unknown'
        const bouncedRecipients = [{ emailAddress, action: 'failed', status: '5.1.1', diagnosticCode }]
        const bounce = { ...feedback, bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients }
        return {
          type: 'BOUNCE',
          detailType: 'Email Bounced',
          resources,
          detail: { eventType: 'Bounce', bounce, ...common },
        }
      }
      case 'complaint': {
        const complaint = { ...feedback, complainedRecipients: [{ emailAddress }], complaintFeedbackType: 'abuse' }
        const detail = { eventType: 'Complaint', complaint, ...common }
        return { type: 'COMPLAINT', detailType: 'Email Complaint Received', resources, detail }
      }
      default:
        return []
    }
  })
}
