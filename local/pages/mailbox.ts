import type { Clock } from '../clock.ts'
import type { Mail, MailStore } from '../ses/mail-store.ts'
import type { SnsService } from '../sns/service.ts'
import type { Pages, WireResponse } from '../wire/service.ts'
import { requireOwnOrigin } from '../wire/web-origin.ts'
import { htmlResponse, messagePage, page, table } from './frame.ts'
import { counted, html, type Html, time, timelineLink } from './html.ts'

/** The page shows only the newest emails and text messages; the JSON contains all. */
const shownMails = 200

/** Of an email's text in the list, which ends with a whole word. */
const previewLength = 120

interface Mailbox {
  readonly mails: MailStore
  readonly texts: Pick<SnsService, 'since'>
  readonly clock: Clock
}

/** Serves emails and text messages as HTML pages and, for tests, as JSON. */
export const mailbox = (box: Mailbox): Pages => ({
  claims: ({ path }) => path === '/mailbox' || path.startsWith('/mailbox/'),
  handle({ method, path, query, headers }) {
    requireOwnOrigin(headers)
    if (method !== 'GET' && method !== 'HEAD') return messagePage(405, 'Not allowed', 'The mailbox is read-only.')
    const [, , id = '', part] = path.split('/').map(decodeURIComponent)
    if (id === '') return mailboxPage(box)
    if (id === 'store') return store(box, query.get('since') ?? '0', query.get('to') ?? '')
    const mail = box.mails.find(id)
    if (mail && part === undefined) return mailPage(mail)
    if (mail?.body.html !== undefined && part === 'html') return mailBody(mail.body.html)
    return messagePage(404, 'Email not found', 'This email does not exist.')
  },
})

/**
 * `{ emails, templates, textMessages }`, oldest first, in the format of aws-ses-v2-local.
 * @param since seconds since the epoch
 * @param to a part of the recipient's address or phone number
 */
function store({ mails, texts }: Mailbox, since: string, to: string): WireResponse {
  if (!/^\d{1,15}$/.test(since)) return messagePage(400, 'Bad request', 'since must be seconds since the epoch.')
  const content = {
    templates: {},
    // Emails of the emulation have no attachments; readers of that format expect the list.
    emails: mails.since(Number(since), to).map((mail) => ({ ...mail, attachments: [] })),
    textMessages: texts.since(Number(since)).filter(({ phoneNumber }) => phoneNumber.includes(to)),
  }
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { status: 200, headers, body: JSON.stringify(content) }
}

/** The newest emails and text messages. */
function mailboxPage({ mails, texts, clock }: Mailbox): WireResponse {
  const newest = mails.newest(shownMails)
  const total = mails.count()
  const shown = total > newest.length && `, the newest ${newest.length} shown`
  const rows = newest.map((mail) => [
    time(mail.at * 1000, clock.now()),
    html`<span class="address">${mail.destination.to.join(', ') || '(no recipient)'}</span>`,
    html`<a href="/mailbox/${encodeURIComponent(mail.messageId)}">${mail.subject}</a>
      <div class="muted">${preview(mail)}</div>`,
  ])
  const textMessages = texts.since(0).slice(-shownMails).toReversed()
  const body = html`<p class="muted">
      <span>${counted(total, 'email')}${shown}, newest first, which appear when they are sent.</span>
      <a href="/mailbox/store">JSON</a>
    </p>
    ${table(['Time', 'To', 'Email'], rows, 'No emails yet.')}
    ${
      textMessages.length > 0 &&
      html`<h2>Text messages</h2>
        ${table(
          ['Time', 'To', 'Text'],
          textMessages.map(({ at, phoneNumber, message }) => [
            time(at * 1000, clock.now()),
            html`<b>${phoneNumber}</b>`,
            message,
          ]),
          '',
        )}`
    }`
  return page({ title: 'Mailbox', current: '/mailbox', isLive: true, body })
}

function preview({ body: { html: markup = '', text } }: Mail): string {
  const shown = text ?? markup.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, '').replace(/<[^>]+>/g, ' ')
  const line = shown.replace(/\s+/g, ' ').trim()
  return line.length > previewLength ? `${line.slice(0, previewLength).replace(/ \S*$/, '')} …` : line
}

/** An email with its HTML and its text. */
function mailPage(mail: Mail): WireResponse {
  const { html: markup, text } = mail.body
  const plain = text !== undefined && html`<pre tabindex="0">${text}</pre>`
  const body = html`<dl class="links">${fields(mail)}</dl>
    ${
      markup === undefined
        ? plain
        : html`<iframe
              title="The email"
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              src="/mailbox/${encodeURIComponent(mail.messageId)}/html"
            ></iframe>
            ${
              plain &&
              html`<details>
                <summary>As text</summary>
                ${plain}
              </details>`
            }`
    }`
  return page({ title: mail.subject, current: '/mailbox', body })
}

function fields({ from, destination, replyTo, at, subject, tags: tagged = {} }: Mail): Html[] {
  const tags = Object.entries(tagged).map(([name, value]) => `${name}: ${value}`)
  // Words that look like ids: long, with digits.
  const ids = new Set([subject, ...tags].join(' ').match(/(?=[\w-]*\d)[\w-]{16,}/g))
  const rows: [string, readonly unknown[]][] = [
    ['From', [from]],
    ['To', destination.to],
    ['Cc', destination.cc],
    ['Bcc', destination.bcc],
    ['Reply to', replyTo],
    ['Date', [new Date(at * 1000).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' })]],
    ['Tags', tags],
    ['Timeline', [...ids].map((id) => timelineLink(id))],
  ]
  return rows.flatMap(([name, values]) =>
    values.length === 0
      ? []
      : html`<div>
          <dt>${name}</dt>
          <dd>${values.map((value, index) => html`${index > 0 && ', '}${value}`)}</dd>
        </div>`,
  )
}

/** Serves an email's HTML without scripts or an origin, and with local images only: it loads no remote content. */
const mailBody = (body: string) =>
  htmlResponse(
    `<!doctype html><base target="_blank">${body.replace(/^\s*<!doctype[^>]*>/i, '')}`,
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*",
  )
