import type { Clock } from '../clock.ts'
import type { Mail, MailStore } from '../ses/mail-store.ts'
import type { SnsService } from '../sns/service.ts'
import type { Pages, WireRequest, WireResponse } from '../wire/service.ts'
import { requireOwnOrigin } from '../wire/web-origin.ts'
import { htmlResponse, page } from './frame.ts'
import { counted, html, Html, time, timelineLink } from './html.ts'

/** The page shows only the newest emails and text messages; the JSON contains all. */
const shownMails = 200

interface Mailbox {
  readonly mails: MailStore
  readonly texts: Pick<SnsService, 'since'>
  readonly clock: Clock
}

/** Serves emails and text messages as an HTML page and, for tests, as JSON. */
export const mailbox = (box: Mailbox): Pages => ({
  claims: ({ path }) => path === '/mailbox' || path.startsWith('/mailbox/'),
  handle({ method, path, query, headers }) {
    if (method !== 'GET' && method !== 'HEAD') return json(405, { message: 'The mailbox is read-only.' })
    requireOwnOrigin(headers)
    const [, , resource = '', messageId = '', part] = path.split('/')
    if (resource === '') return mailboxPage(box, query)
    if (resource === 'list') return htmlResponse(mailList(box, query.get('id')).text, "default-src 'none'")
    if (resource === 'store') return store(box, query)
    const mail = resource === 'messages' && part === 'html' ? box.mails.find(decodeURIComponent(messageId)) : undefined
    return mail?.body.html === undefined ? json(404, { message: 'Page not found.' }) : mailBody(mail.body.html)
  },
})

/** Serves an email's HTML without scripts or an origin, and with local images only: it loads no remote content. */
const mailBody = (body: string) =>
  htmlResponse(
    `<!doctype html><base target="_blank">${body.replace(/^\s*<!doctype[^>]*>/i, '')}`,
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*",
  )

/** `{ emails, templates, textMessages }`, oldest first, from `since` (seconds since the epoch), in the format of aws-ses-v2-local. */
function store({ mails, texts }: Mailbox, query: WireRequest['query']): WireResponse {
  const since = query.get('since') ?? '0'
  if (!/^\d{1,15}$/.test(since)) return json(400, { message: 'since must be a time in seconds since the epoch.' })
  return json(200, {
    templates: {},
    // Emails of the emulation have no attachments; readers of that format expect the list.
    emails: mails.since(Number(since)).map((mail) => ({ ...mail, attachments: [] })),
    textMessages: texts.since(Number(since)),
  })
}

const json = (status: number, value: object): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
})

/** Polls for new emails and replaces only the list, so that the open email is not reloaded. */
const script = `
const list = document.getElementById('list')
const isEmpty = list.querySelector('a') === null
let shown
setInterval(async () => {
  try {
    const response = await fetch('/mailbox/list?id=' + encodeURIComponent(list.dataset.selected))
    const html = await response.text()
    document.title = 'Mailbox'
    if (html === shown) return
    if (isEmpty && html.includes('<a ')) return location.reload()
    list.innerHTML = shown = html
  } catch {
    document.title = 'Mailbox (not running)'
  }
}, 2000)
`

/** The email with the id in the parameter `id`, or the newest, beside the list; as text with `view=text`. */
function mailboxPage(box: Mailbox, query: URLSearchParams): WireResponse {
  const id = query.get('id')
  const selected = id === null ? box.mails.newest(1)[0] : box.mails.find(id)
  const textMessages = box.texts.since(0).slice(-shownMails).toReversed()
  const blank = id === null ? 'Emails appear here as soon as the system sends them.' : 'This email does not exist.'
  const body = html`<div class="mails">
      <nav id="list" aria-label="Emails" data-selected="${selected?.messageId ?? ''}">
        ${mailList(box, selected?.messageId ?? null)}
      </nav>
      ${selected ? article(selected, query.get('view') === 'text') : html`<article class="blank"><p>${blank}</p></article>`}
    </div>
    ${
      textMessages.length > 0 &&
      html`<section class="texts" aria-label="Text messages">
        <h2>Text messages</h2>
        <ol>
          ${textMessages.map(({ phoneNumber, message }) => html`<li><b>${phoneNumber}</b> ${message}</li>`)}
        </ol>
      </section>`
    }`
  const aside = html`<a class="json" href="/mailbox/store">JSON</a>`
  return page({ title: 'Mailbox', current: '/mailbox', layout: 'mailbox', script, aside, body })
}

function mailList({ mails, clock }: Mailbox, selected: string | null): Html {
  const newest = mails.newest(shownMails)
  if (newest.length === 0) return html`<p class="count">No emails yet</p>`
  const total = mails.count()
  const shown = total > newest.length && `, the newest ${newest.length} shown`
  return html`<p class="count">${counted(total, 'email')}${shown}</p>
    <ol>
      ${newest.map(
        (mail) =>
          html`<li>
            <a href="${address(mail)}" ${current(mail.messageId === selected)}>
              <span class="line"
                ><b>${mail.destination.to.join(', ') || '(no recipient)'}</b>${time(mail.at * 1000, clock.now())}</span
              >
              <span class="subject">${mail.subject}</span>
              <span class="preview">${preview(mail)}</span>
            </a>
          </li>`,
      )}
    </ol>`
}

const current = (isCurrent: boolean) => isCurrent && new Html(' aria-current="true"')

const address = (mail: Mail) => `/mailbox?id=${encodeURIComponent(mail.messageId)}`

function preview({ body: { html: markup = '', text } }: Mail): string {
  const shown = text ?? markup.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, '').replace(/<[^>]+>/g, ' ')
  return shown.replace(/\s+/g, ' ').trim().slice(0, 120)
}

function article(mail: Mail, textRequested: boolean): Html {
  const { html: markup, text } = mail.body
  const asText = markup === undefined || (textRequested && text !== undefined)
  const tabs =
    markup !== undefined &&
    text !== undefined &&
    html`<div class="tabs">
      <a href="${address(mail)}" ${current(!asText)}>HTML</a
      ><a href="${address(mail)}&view=text" ${current(asText)}>Text</a>
    </div>`
  const shown = asText
    ? html`<pre tabindex="0">${text}</pre>`
    : html`<iframe
        title="The email"
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        src="/mailbox/messages/${encodeURIComponent(mail.messageId)}/html"
      ></iframe>`
  return html`<article>
    <header>
      <h2>${mail.subject}</h2>
      <dl>${fields(mail)}</dl>
      ${tabs}
    </header>
    ${shown}
  </article>`
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
