import { escapeXml } from '../wire/xml.ts'
import type { User } from './directory.ts'
import type { MessageTemplate } from './pool.ts'

export interface Mail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

export type SendMail = (mail: Mail) => void

/** Where Cognito's own mails come from unless a pool sends through SES. */
const sender = 'no-reply@verificationemail.com'

/** Fills a message template: `{####}` becomes the code or password, `{username}` what the user signs in with. */
export function fill(
  template: MessageTemplate,
  user: User,
  values: { secret: string; username: string },
): Mail | undefined {
  const to = user.attributes['email']
  if (to === undefined) return undefined
  const filled = (text: string, escape: (value: string) => string) =>
    text.replaceAll('{####}', () => escape(values.secret)).replaceAll('{username}', () => escape(values.username))
  const plain = template.html.replace(/<br\s*\/?>/gi, '\n').replace(/<[^>]+>/g, '')
  return {
    from: sender,
    to,
    subject: filled(template.subject, (value) => value),
    html: filled(template.html, escapeXml),
    text: filled(plain, (value) => value),
  }
}

/** `a***@e***`, as CodeDeliveryDetails shows where a code went. */
export function codeDelivery(email: string) {
  const [name = '', domain = ''] = email.split('@')
  return {
    Destination: `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`,
    DeliveryMedium: 'EMAIL',
    AttributeName: 'email',
  }
}
