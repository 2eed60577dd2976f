import { createHash } from 'node:crypto'
import type { WireResponse } from '../wire/service.ts'
import { Html, html } from './html.ts'
import { style } from './style.ts'

/** Address, name and key of each page. */
export const pages = [
  ['/', 'Start', 's'],
  ['/queues', 'Queues', 'q'],
  ['/tables', 'Tables', 't'],
  ['/events', 'Events', 'e'],
  ['/timeline', 'Timeline', 'l'],
  ['/mailbox', 'Mailbox', 'm'],
] as const

/**
 * Of a live page, the elements of paragraphs, tables and their bodies are compared one by one; text beside them is not.
 * Without it the pages work the same, with the mouse, the Tab key and the browser's access keys.
 */
const script = `
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input')) return
  if (event.key === 'r') return location.reload()
  if (event.key === '/') {
    const input = document.querySelector('main input')
    if (input) event.preventDefault()
    return input?.focus()
  }
  for (const link of document.querySelectorAll('nav a')) if (link.accessKey === event.key) link.click()
})
const containers = ['P', 'TABLE', 'TBODY']
/** Elements that are the same stay, with their focus and selection, and as the browser's anchor of the scroll position. */
const update = (parent, next) => {
  let at = parent.firstElementChild
  const removeUntil = (end) => {
    while (at !== end) {
      const removed = at
      at = at.nextElementSibling
      removed.remove()
    }
  }
  for (const element of [...next.children]) {
    let same = at
    while (same && !same.isEqualNode(element)) same = same.nextElementSibling
    if (same) removeUntil(same)
    else if (at?.tagName === element.tagName && containers.includes(at.tagName)) update(at, element)
    else {
      parent.insertBefore(element, at)
      continue
    }
    at = at.nextElementSibling
  }
  removeUntil(null)
}
const live = document.querySelector('main.live')
if (live) setInterval(async () => {
  try {
    const text = await (await fetch(location.href)).text()
    update(live, new DOMParser().parseFromString(text, 'text/html').querySelector('main'))
    document.title = live.querySelector('h1').textContent
  } catch {
    document.title = 'Not running'
  }
}, 2000)
`

const hashOf = (source: string) => `sha256-${createHash('sha256').update(source).digest('base64')}`

const contentSecurityPolicy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

interface Page {
  readonly title: string
  /** The address of the page, or of the page above it in the navigation. */
  readonly current: string
  /** The content of `main` below the title. */
  readonly body: Html
  /** @default 200 */
  readonly status?: number
  /** Whether an open page is updated every two seconds. */
  readonly isLive?: boolean
}

export const page = ({ title, current, body, status = 200, isLive }: Page): WireResponse =>
  htmlResponse(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <link rel="icon" href="data:," />
          <title>${title}</title>
          ${new Html(`<style>${style}</style>`)}
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          <nav aria-label="Pages">
            ${pages.map(
              ([address, name, key]) =>
                html`<a href="${address}" accesskey="${key}" ${address === current && new Html(' aria-current="page"')}
                  >${name}<kbd aria-hidden="true">${key}</kbd></a
                >`,
            )}
          </nav>
          <main id="main" tabindex="-1" class="${isLive && 'live'}">
            <h1>${title}</h1>
            ${body}
          </main>
          ${new Html(`<script>${script}</script>`)}
        </body>
      </html>`.text,
    contentSecurityPolicy,
    status,
  )

export const htmlResponse = (body: string, policy: string, status = 200): WireResponse => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  },
  body,
})

/** A page that has only a message. */
export const messagePage = (status: number, title: string, text: string): WireResponse =>
  page({ title, current: '', status, body: html`<p>${text}</p>` })

/** A table with a row per entry, or a sentence when there is none. On a phone, numbers are preceded by their column. */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  const cell = (value: unknown, column: number) =>
    isNumber(value) ? html`<td class="number" data-column="${columns[column]}">${value}</td>` : html`<td>${value}</td>`
  return html`<table>
    <thead>
      <tr>
        ${columns.map((name, column) => html`<th scope="col" class="${isNumber(rows[0]![column]) && 'number'}">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map(cell)}
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** Also with a unit, such as `+12 ms`. */
const isNumber = (value: unknown) => !(value instanceof Html) && /^\+?\d[\d,.]*( [A-Za-z]+)?$/.test(String(value))

/** A form that shows a page with these values. @param action its address @default the same page */
export const searchForm = (
  fields: readonly { readonly name: string; readonly label: string; readonly value: string }[],
  action = '',
) =>
  html`<form role="search" action="${action}">
    ${fields.map(
      ({ name, label, value }) =>
        html`<label>${label}<input name="${name}" value="${value}" autocomplete="off" spellcheck="false" /></label>`,
    )}<button>Show</button>
  </form>`
