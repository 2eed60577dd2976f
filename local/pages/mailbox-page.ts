import type { Mail } from '../ses/mail-store.ts'
import type { TextMessage } from '../sns/service.ts'
import { timelineAddress } from './content.ts'
import { page } from './frame.ts'
import { counted, html, Html, time } from './html.ts'

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
}, ${pollMs})
`

export const mailboxPage = (model: PageModel) =>
  page({
    title: 'Mailbox',
    current: '/mailbox',
    layout: 'mailbox',
    script,
    aside: html`<a class="json" href="/mailbox/store">JSON</a>`,
    body: html`<h1 class="hidden">Mailbox</h1>
      <div class="mails">
        <nav id="list" aria-label="Emails" data-selected="${model.selected?.messageId ?? ''}">
          ${listFragment(model.mails, { ...model, selected: model.selected?.messageId })}
        </nav>
        ${model.selected ? article(model.selected, model.view) : blank(model.missing)}
      </div>
      ${textMessageList(model.textMessages)}`,
  })

interface ListOptions {
  readonly selected: string | undefined
  /** The number of emails, including those that are not shown. */
  readonly total: number
  readonly nowMs: number
}

export function listFragment(mails: readonly Mail[], options: ListOptions): Html {
  if (mails.length === 0) return html`<p class="count">No emails yet</p>`
  const shown = options.total > mails.length && `, the newest ${mails.length} shown`
  return html`<p class="count">${counted(options.total, 'email')}${shown}</p>
    <ol>
      ${mails.map((mail) => listItem(mail, options))}
    </ol>`
}

const current = (isCurrent: boolean) => isCurrent && new Html(' aria-current="true"')

const listItem = (mail: Mail, { selected, nowMs }: ListOptions) =>
  html`<li>
    <a href="${address(mail, 'html')}" ${current(mail.messageId === selected)}>
      <span class="line"
        ><b>${mail.destination.to.join(', ') || '(no recipient)'}</b>${time(mail.at * 1000, nowMs)}</span
      >
      <span class="subject">${mail.subject}</span>
      <span class="preview">${preview(mail)}</span>
    </a>
  </li>`

const textMessageList = (messages: readonly TextMessage[]) =>
  messages.length > 0 &&
  html`<section class="texts" aria-label="Text messages">
    <h2>Text messages</h2>
    <ol>
      ${messages.map(({ phoneNumber, message }) => html`<li><b>${phoneNumber}</b> ${message}</li>`)}
    </ol>
  </section>`

const address = (mail: Mail, view: 'html' | 'text') =>
  `/mailbox?id=${encodeURIComponent(mail.messageId)}${view === 'text' ? '&view=text' : ''}`

function preview({ body }: Mail): string {
  const text =
    body.text ?? body.html?.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, '').replace(/<[^>]+>/g, ' ') ?? ''
  return text.replace(/\s+/g, ' ').trim().slice(0, 120)
}

function article(mail: Mail, requested: 'html' | 'text'): Html {
  const view = mail.body.html === undefined || (requested === 'text' && mail.body.text !== undefined) ? 'text' : 'html'
  const hasBoth = mail.body.html !== undefined && mail.body.text !== undefined
  return html`<article>
    <header>
      <h2>${mail.subject}</h2>
      <dl>${fields(mail)}</dl>
      ${hasBoth && tabs(mail, view)}
    </header>
    ${
      view === 'html'
        ? html`<iframe
            title="The email"
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            src="/mailbox/messages/${encodeURIComponent(mail.messageId)}/html"
          ></iframe>`
        : html`<pre tabindex="0">${mail.body.text ?? ''}</pre>`
    }
  </article>`
}

function tabs(mail: Mail, view: 'html' | 'text'): Html {
  const tab = (name: 'html' | 'text', label: string) =>
    html`<a href="${address(mail, name)}" ${current(name === view)}>${label}</a>`
  return html`<div class="tabs">${tab('html', 'HTML')}${tab('text', 'Text')}</div>`
}

function fields(mail: Mail): Html[] {
  const at = new Date(mail.at * 1000).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' })
  const tags = Object.entries(mail.tags ?? {}).map(([name, value]) => `${name}: ${value}`)
  const rows: [string, readonly unknown[]][] = [
    ['From', [mail.from]],
    ['To', mail.destination.to],
    ['Cc', mail.destination.cc],
    ['Bcc', mail.destination.bcc],
    ['Reply to', mail.replyTo],
    ['Date', [at]],
    ['Tags', tags],
    ['Timeline', timelinesOf([mail.subject, ...tags].join(' '))],
  ]
  return rows
    .filter(([, values]) => values.length > 0)
    .map(
      ([name, values]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${values.map((value, index) => html`${index > 0 && ', '}${value}`)}</dd>
        </div>`,
    )
}

/** Links for the words that look like ids: long, with digits. */
const timelinesOf = (text: string): Html[] =>
  [...new Set(text.match(/(?=[\w-]*\d)[\w-]{16,}/g))].map((id) => html`<a href="${timelineAddress(id)}">${id}</a>`)

const blank = (missing: boolean) =>
  html`<article class="blank">
    <p>${missing ? 'This email does not exist.' : 'Emails appear here as soon as the system sends them.'}</p>
  </article>`
