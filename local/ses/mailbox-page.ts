import { escapeXml as escape } from '../wire/xml.ts'
import type { TextMessage } from '../sns/service.ts'
import type { Mail } from './mail-store.ts'
import { style } from './mailbox-style.ts'

interface PageModel {
  /** Newest first. */
  readonly mails: readonly Mail[]
  /** Newest first. */
  readonly textMessages: readonly TextMessage[]
  readonly selected: Mail | undefined
  /** Whether the requested email does not exist. */
  readonly missing: boolean
  readonly view: 'html' | 'text'
  readonly total: number
  readonly nowMs: number
}

const pollMs = 2000

/** Polls for new emails and replaces only the list, so that the open email is not reloaded. */
export const script = `
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
}, ${pollMs})
`

export const page = (model: PageModel) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Mailbox</title>
<style>${style}</style>
</head>
<body>
<header class="bar">
<h1><a href="/mailbox">Mailbox</a></h1>
<p>Emails and text messages of the local system. They are stored here and not delivered.</p>
<a class="json" href="/mailbox/store">JSON</a>
</header>
<main>
<nav id="list" aria-label="Emails" data-selected="${escape(model.selected?.messageId ?? '')}">${listFragment(model.mails, { ...model, selected: model.selected?.messageId })}</nav>
${model.selected ? article(model.selected, model.view) : blank(model.missing)}
</main>
${textMessageList(model.textMessages)}
<script>${script}</script>
</body>
</html>`

interface ListOptions {
  readonly selected: string | undefined
  /** The number of emails, including those that are not shown. */
  readonly total: number
  readonly nowMs: number
}

export function listFragment(mails: readonly Mail[], options: ListOptions): string {
  if (mails.length === 0) return '<p class="count">No emails yet</p>'
  const count = options.total === 1 ? '1 email' : `${options.total} emails`
  const shown = options.total > mails.length ? `, the newest ${mails.length} shown` : ''
  return `<p class="count">${count}${shown}</p><ol>${mails.map((mail) => listItem(mail, options)).join('')}</ol>`
}

function listItem(mail: Mail, { selected, nowMs }: ListOptions): string {
  const current = mail.messageId === selected ? ' aria-current="true"' : ''
  return `<li><a href="${address(mail, 'html')}"${current}>
<span class="row"><b>${escape(mail.destination.to.join(', ') || '(no recipient)')}</b>${time(mail, nowMs)}</span>
<span class="subject">${escape(mail.subject)}</span>
<span class="preview">${escape(preview(mail))}</span>
</a></li>`
}

function textMessageList(messages: readonly TextMessage[]): string {
  if (messages.length === 0) return ''
  const items = messages.map(({ phoneNumber, message }) => `<li><b>${escape(phoneNumber)}</b> ${escape(message)}</li>`)
  return `<section class="texts" aria-label="Text messages"><h2>Text messages</h2><ol>${items.join('')}</ol></section>`
}

const address = (mail: Mail, view: 'html' | 'text') =>
  `/mailbox?id=${encodeURIComponent(mail.messageId)}${view === 'text' ? '&amp;view=text' : ''}`

function time(mail: Mail, nowMs: number): string {
  const at = new Date(mail.at * 1000)
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  const shown = isToday
    ? at.toLocaleTimeString('en-GB')
    : at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  return `<time datetime="${at.toISOString()}">${shown}</time>`
}

function preview(mail: Mail): string {
  const text =
    mail.body.text ?? mail.body.html?.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, '').replace(/<[^>]+>/g, ' ') ?? ''
  return text.replace(/\s+/g, ' ').trim().slice(0, 120)
}

function article(mail: Mail, requested: 'html' | 'text'): string {
  const { html, text } = mail.body
  const view = html === undefined || (requested === 'text' && text !== undefined) ? 'text' : 'html'
  const body =
    view === 'html'
      ? `<iframe title="The email" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mailbox/messages/${encodeURIComponent(mail.messageId)}/html"></iframe>`
      : `<pre>${escape(text ?? '')}</pre>`
  return `<article>
<header>
<h2>${escape(mail.subject)}</h2>
<dl>${fields(mail)}</dl>
${html !== undefined && text !== undefined ? tabs(mail, view) : ''}
</header>
${body}
</article>`
}

function tabs(mail: Mail, view: 'html' | 'text'): string {
  const tab = (name: 'html' | 'text', label: string) =>
    `<a href="${address(mail, name)}"${name === view ? ' aria-current="true"' : ''}>${label}</a>`
  return `<div class="tabs">${tab('html', 'HTML')}${tab('text', 'Text')}</div>`
}

function fields(mail: Mail): string {
  const at = new Date(mail.at * 1000).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' })
  const tags = Object.entries(mail.tags ?? {}).map(([name, value]) => `${name}: ${value}`)
  const attachments = mail.attachments.map(
    ({ filename, contentType, size }) => `${filename ?? contentType} (${size} bytes)`,
  )
  const rows: [string, readonly string[]][] = [
    ['From', [mail.from]],
    ['To', mail.destination.to],
    ['Cc', mail.destination.cc],
    ['Bcc', mail.destination.bcc],
    ['Reply to', mail.replyTo],
    ['Date', [at]],
    ['Tags', tags],
    ['Attachments', attachments],
  ]
  const present = rows.filter(([, values]) => values.length > 0)
  return present.map(([name, values]) => `<div><dt>${name}</dt><dd>${escape(values.join(', '))}</dd></div>`).join('')
}

const blank = (missing: boolean) =>
  `<article class="blank"><p>${missing ? 'This email does not exist.' : 'Emails appear here as soon as the system sends them.'}</p></article>`
