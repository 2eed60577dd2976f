/** One part of a MIME message: its headers (lowercase names) and its undecoded body. */
interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

interface ParsedMessage {
  readonly headers: ReadonlyMap<string, string>
  readonly html?: string
  readonly text?: string
  readonly attachments: readonly {
    readonly filename?: string
    readonly contentType: string
    readonly contentDisposition?: string
    readonly contentId?: string
    readonly bytes: Buffer
  }[]
}

/** Parses the output of email libraries: nested multiparts, base64, quoted-printable and encoded words in headers. */
export function parseMessage(raw: Buffer): ParsedMessage {
  const root = split(raw)
  const leaves = leavesOf(root)
  const inline = (type: string) => leaves.find((part) => !isAttachment(part) && typeOf(part) === type)
  const [html, text] = [inline('text/html'), inline('text/plain')]
  const rest = leaves.filter((part) => part !== html && part !== text)
  return {
    headers: new Map([...root.headers].map(([name, value]) => [name, decodeWords(value)])),
    html: html && textOf(html),
    text: text && textOf(text),
    attachments: rest.map((part) => ({
      filename: parameter(part, 'content-disposition', 'filename') ?? parameter(part, 'content-type', 'name'),
      contentType: typeOf(part),
      contentDisposition: part.headers.get('content-disposition')?.split(';')[0]?.trim(),
      contentId: part.headers.get('content-id')?.replace(/^<(.*)>$/, '$1'),
      bytes: bytesOf(part),
    })),
  }
}

const isAttachment = (part: Part) =>
  part.headers.get('content-disposition')?.toLowerCase().startsWith('attachment') ?? false

function split(raw: Buffer): Part {
  const text = raw.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const head = end ? text.slice(0, end.index) : text
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0)
      headers.set(
        line.slice(0, colon).toLowerCase(),
        Buffer.from(line.slice(colon + 1).trim(), 'latin1').toString('utf8'),
      )
  }
  return { headers, body: end ? raw.subarray(end.index + end[0].length) : Buffer.alloc(0) }
}

function leavesOf(part: Part): Part[] {
  const boundary = typeOf(part).startsWith('multipart/') ? parameter(part, 'content-type', 'boundary') : undefined
  if (boundary === undefined) return [part]
  const sections = `\r\n${part.body.toString('latin1')}`.split(`\n--${boundary}`).slice(1)
  const bodies = sections.filter((section) => !section.startsWith('--'))
  return bodies.flatMap((section) =>
    leavesOf(split(Buffer.from(section.replace(/^[ \t]*\r?\n/, '').replace(/\r$/, ''), 'latin1'))),
  )
}

const typeOf = (part: Part) => (part.headers.get('content-type') ?? 'text/plain').split(';')[0]!.trim().toLowerCase()

function parameter(part: Part, header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(part.headers.get(header) ?? '')
  const value = found?.[1] ?? found?.[2]
  return value === undefined ? undefined : decodeWords(value)
}

function bytesOf({ headers, body }: Part): Buffer {
  switch (headers.get('content-transfer-encoding')?.toLowerCase()) {
    case 'base64':
      return Buffer.from(body.toString('latin1'), 'base64')
    case 'quoted-printable':
      return fromQuotedPrintable(body.toString('latin1').replace(/=[ \t]*\r?\n/g, ''))
    default:
      return body
  }
}

const textOf = (part: Part) =>
  decode(bytesOf(part), parameter(part, 'content-type', 'charset') ?? 'utf-8').replace(/\r\n/g, '\n')

const fromQuotedPrintable = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // For an unknown charset, Latin-1 at least shows the ASCII characters.
    return bytes.toString('latin1')
  }
}

/** `=?utf-8?Q?=C3=89mile?=` → `Émile` */
function decodeWords(text: string): string {
  const joined = text.replace(/(\?=)\s+(=\?)/g, '$1$2')
  return joined.replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset: string, encoding: string, data: string) => {
    const bytes =
      encoding.toLowerCase() === 'b' ? Buffer.from(data, 'base64') : fromQuotedPrintable(data.replaceAll('_', ' '))
    return decode(bytes, charset)
  })
}
