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

/** Cognito's default sender. */
const sender = 'no-reply@verificationemail.com'

/** @returns the message with `{####}` and `{username}` replaced; undefined for a user without an address */
export function renderMessage(
  template: MessageTemplate,
  user: User,
  values: { secret: string; username: string },
): Mail | undefined {
  const to = user.attributes['email']
  if (to === undefined) return undefined
  const render = (text: string, escape: (value: string) => string) =>
    text.replaceAll('{####}', () => escape(values.secret)).replaceAll('{username}', () => escape(values.username))
  const plain = template.html.replace(/<br\s*\/?>/gi, '\n').replace(/<[^>]+>/g, '')
  return {
    from: sender,
    to,
    subject: render(template.subject, (value) => value),
    html: render(template.html, escapeXml),
    text: render(plain, (value) => value),
  }
}

/** CodeDeliveryDetails with a masked address: `a***@e***`. */
export function codeDelivery(email: string) {
  const [name = '', domain = ''] = email.split('@')
  return {
    Destination: `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`,
    DeliveryMedium: 'EMAIL',
    AttributeName: 'email',
  }
}
