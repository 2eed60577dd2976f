import { dayMs } from '../clock.ts'
import { isObject, parsedJson } from '../json.ts'
import { escapeXml } from '../wire/xml.ts'

/** HTML that may be inserted as it is; every other value is escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Writes HTML: values are escaped unless they are HTML, lists are joined, `undefined` and `false` are left out. */
export const html = (strings: TemplateStringsArray, ...values: readonly unknown[]): Html =>
  new Html(String.raw({ raw: strings.map((text) => text) }, ...values.map(render)))

function render(value: unknown): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  return Array.isArray(value) ? value.map(render).join('') : escapeXml(String(value))
}

/** The moment with its date only if it was on another day. */
export function time(atMs: number, nowMs: number, options: { milliseconds?: boolean } = {}): Html {
  const at = new Date(atMs)
  const fraction = options.milliseconds ? `.${String(atMs % 1000).padStart(3, '0')}` : ''
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  const day = isToday ? '' : `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, `
  return html`<time datetime="${at.toISOString()}">${day}${at.toLocaleTimeString('en-GB')}${fraction}</time>`
}

const units = [
  ['d', dayMs],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** `12 s`, `3 min`, `5 h` */
export function duration(ms: number): string {
  const [unit, length] = units.find(([, each]) => ms >= each) ?? (['s', 1000] as const)
  return `${Math.floor(Math.max(0, ms) / length)} ${unit}`
}

/** `1 message`, `2 messages` */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Names of members whose values no page shows. */
const secretName = /token|password|secret|authorization|credential|api-?key/i

/** A signed token (JWT), under any name. */
const signedToken = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g

/** The value without the values of secret members; text that contains JSON is parsed, so that this applies to it as well. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') {
    // Text that only looks like JSON is shown as text.
    const parsed = /^\s*[{[]/.test(value) ? parsedJson(value) : undefined
    return parsed === undefined ? value.replaceAll(signedToken, '[hidden]') : withoutSecrets(parsed)
  }
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, secretName.test(name) ? '[hidden]' : withoutSecrets(member)]),
  )
}

/** A value as indented JSON, or as text. */
export function content(value: unknown): Html {
  const shown = withoutSecrets(value)
  return html`<pre tabindex="0">${typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2)}</pre>`
}

/** A summary that opens the value. */
export const foldable = (summary: unknown, value: unknown) =>
  html`<details>
    <summary>${summary}</summary>
    ${content(value)}
  </details>`

export const timelineLink = (id: string, text = id) =>
  html`<a href="/timeline?id=${encodeURIComponent(id)}">${text}</a>`

/** Members that contain a correlation id, also within JSON that is text in other JSON. */
const correlationMember = /\\*"correlation_?id\\*"\s*:\s*\\*"([\w.:=+/-]{4,128})\\*"/gi

/** The values of members named correlationId or correlation_id, each once. */
export const correlationIdsIn = (json: string): string[] => [
  ...new Set([...json.matchAll(correlationMember)].map(([, id]) => id!)),
]

/** Links to the timelines of the correlation ids that a value contains. */
export const timelineLinks = (json: string) =>
  correlationIdsIn(json)
    .slice(0, 3)
    .map((id) => html`${timelineLink(id, `Timeline of ${id}`)} `)
