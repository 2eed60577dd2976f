import { escapeXml } from '../wire/xml.ts'
import type { WireResponse } from '../wire/service.ts'

/** Content of elements: a list repeats its element, undefined omits it. */
type XmlValue = string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue }

/** A response of S3: an XML document with one root element. */
export function xmlResponse(root: string, content: { [name: string]: XmlValue } | string): WireResponse {
  const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/'
  const inner = typeof content === 'string' ? escapeXml(content) : elements(content)
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${xmlns}">${inner}</${root}>`
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

const elements = (content: { [name: string]: XmlValue }) =>
  Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join('')

function element(name: string, value: XmlValue): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('')
  const inner = typeof value === 'object' ? elements(value) : escapeXml(String(value))
  return `<${name}>${inner}</${name}>`
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export const unescapeXml = (text: string) =>
  text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(amp|lt|gt|quot|apos));/g, (_, hex, decimal, name) =>
    name ? entities[name]! : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )
