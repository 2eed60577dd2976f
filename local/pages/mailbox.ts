import type { Clock } from '../clock.ts'
import type { Pages, WireRequest, WireResponse } from '../wire/service.ts'
import { requireOwnOrigin } from '../wire/web-origin.ts'
import type { TextMessage } from '../sns/service.ts'
import type { MailStore } from '../ses/mail-store.ts'
import { htmlResponse } from './frame.ts'
import { listFragment, mailboxPage } from './mailbox-page.ts'

/** The page shows only the newest emails; the JSON contains all. */
const shownMails = 200

/** The text messages sent since a time, in seconds since the epoch, oldest first. */
export type TextMessages = (sinceSeconds: number) => readonly TextMessage[]

/** Serves emails and text messages as an HTML page and, for tests, as JSON. */
export const mailbox = (mails: MailStore, textMessages: TextMessages, clock: Clock): Pages => ({
  claims: ({ path }) => path === '/mailbox' || path.startsWith('/mailbox/'),
  handle(request) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return jsonError(405, 'The mailbox is read-only.')
    requireOwnOrigin(request.headers)
    const [, , resource, messageId, part] = request.path.split('/')
    switch (resource ?? '') {
      case '':
        return showPage(mails, textMessages, clock, request)
      case 'list':
        return htmlResponse(
          listFragment(mails.newest(shownMails), {
            selected: request.query.get('id') ?? undefined,
            total: mails.count(),
            nowMs: clock.now(),
          }).text,
          "default-src 'none'",
        )
      case 'store':
        return store(mails, textMessages, request)
      case 'messages':
        return part === 'html' ? showBody(mails, messageId ?? '') : jsonError(404, 'Page not found.')
      default:
        return jsonError(404, 'Page not found.')
    }
  },
})

function showPage(mails: MailStore, textMessages: TextMessages, clock: Clock, { query }: WireRequest): WireResponse {
  const id = query.get('id')
  const newest = mails.newest(shownMails)
  const selected = id === null ? newest[0] : mails.find(id)
  const view = query.get('view') === 'text' ? 'text' : 'html'
  return mailboxPage({
    mails: newest,
    textMessages: textMessages(0).slice(-shownMails).toReversed(),
    selected,
    missing: id !== null && !selected,
    view,
    total: mails.count(),
    nowMs: clock.now(),
  })
}

/** Serves an email's HTML without scripts or an origin, and with local images only: it loads no remote content. */
function showBody(mails: MailStore, messageId: string): WireResponse {
  const mail = mails.find(decodeURIComponent(messageId))
  if (mail?.body.html === undefined) return jsonError(404, 'Email not found.')
  const policy =
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*"
  return htmlResponse(
    `<!doctype html><base target="_blank">${mail.body.html.replace(/^\s*<!doctype[^>]*>/i, '')}`,
    policy,
  )
}

/** `{ emails, templates, textMessages }`, oldest first, from `since` (seconds since the epoch), in the format of aws-ses-v2-local. */
function store(mails: MailStore, textMessages: TextMessages, { query }: WireRequest): WireResponse {
  const since = query.get('since') ?? '0'
  if (!/^\d{1,15}$/.test(since))
    return jsonError(400, 'Bad since query param, expected integer representing epoch timestamp in seconds')
  return {
    status: 200,
    headers: jsonHeaders,
    body: JSON.stringify({
      templates: {},
      // Emails of the emulation have no attachments; readers of that format expect the list.
      emails: mails.since(Number(since)).map((mail) => ({ ...mail, attachments: [] })),
      textMessages: textMessages(Number(since)),
    }),
  }
}

const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store' }

const jsonError = (status: number, message: string): WireResponse => ({
  status,
  headers: jsonHeaders,
  body: JSON.stringify({ message }),
})
