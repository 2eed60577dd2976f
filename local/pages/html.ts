import { dayMs } from '../clock.ts'
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
  const clock =
    at.toLocaleTimeString('en-GB') + (options.milliseconds ? `.${String(atMs % 1000).padStart(3, '0')}` : '')
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  return html`<time datetime="${at.toISOString()}">${isToday ? clock : `${day}, ${clock}`}</time>`
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
