import { html, type Html } from './html.ts'

/** Names of members whose values no page shows. */
const secretName = /token|password|secret|authorization|credential|api-?key/i

/** A signed token (JWT), under any name. */
const signedToken = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g

/** The value without the values of secret members; text that contains JSON is parsed, so that this applies to it as well. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') {
    const parsed = parsedJson(value)
    return parsed === undefined ? value.replaceAll(signedToken, '[hidden]') : withoutSecrets(parsed)
  }
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, secretName.test(name) ? '[hidden]' : withoutSecrets(member)]),
  )
}

function parsedJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Text that only looks like JSON is shown as text.
    return undefined
  }
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

/** Members that contain a correlation id, also within JSON that is text in other JSON. */
const correlationMember = /\\*"correlation_?id\\*"\s*:\s*\\*"([\w.:=+/-]{4,128})\\*"/gi

/** The values of members named correlationId or correlation_id, each once. */
export const correlationIdsIn = (json: string): string[] => [
  ...new Set([...json.matchAll(correlationMember)].map(([, id]) => id!)),
]

export const timelineAddress = (id: string) => `/timeline?id=${encodeURIComponent(id)}`

/** Links to the timelines of the correlation ids that a value contains. */
export const timelineLinks = (json: string): Html[] =>
  correlationIdsIn(json)
    .slice(0, 3)
    .map((id) => html`<a href="${timelineAddress(id)}">Timeline of ${id}</a> `)
