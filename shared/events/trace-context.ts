/**
 * Converts between the two notations of a trace context. Events carry W3C's `traceparent`,
 * `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; AWS services propagate X-Ray's header,
 * `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1`. An id of zeros only is invalid ("All bytes
 * as zero (00000000000000000000000000000000) is considered an invalid value", W3C Trace Context, trace-id).
 */
const w3c = /^00-(?!0{32})([0-9a-f]{8})([0-9a-f]{24})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
const root = /^1-(?!0{8}-0{24})([0-9a-f]{8})-([0-9a-f]{24})$/
const parent = /^(?!0{16})[0-9a-f]{16}$/

/** @returns undefined for what is not a `traceparent` */
export function traceHeaderOf(traceparent: string | undefined): string | undefined {
  const parts = w3c.exec(traceparent ?? '')
  if (!parts) return undefined
  const [, epoch, unique, span, flags] = parts
  return `Root=1-${epoch}-${unique};Parent=${span};Sampled=${Number.parseInt(flags!, 16) & 1}`
}

/** @returns undefined when Root or Parent is missing or malformed; other fields are ignored */
export function traceparentOf(header: string | undefined): string | undefined {
  const fields: Partial<Record<string, string>> = Object.fromEntries(
    (header ?? '').split(';').map((field) => field.trim().split('=', 2)),
  )
  const [, epoch, unique] = root.exec(fields['Root'] ?? '') ?? []
  const span = fields['Parent'] ?? ''
  if (epoch === undefined || !parent.test(span)) return undefined
  return `00-${epoch}${unique}-${span}-${fields['Sampled'] === '1' ? '01' : '00'}`
}

/** The X-Ray trace id: `1-4bf92f35-77b34da6a3ce929d0e0e4736`. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const [, epoch, unique] = w3c.exec(traceparent ?? '') ?? []
  return epoch === undefined ? undefined : `1-${epoch}-${unique}`
}
