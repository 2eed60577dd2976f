/**
 * Two notations of the same thing, the place in a trace where something was caused. Events carry W3C's `traceparent`,
 * `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; AWS's services pass X-Ray's header on,
 * `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1`.
 */
const w3c = /^00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})$/
const root = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/
const parent = /^[0-9a-f]{16}$/

/** @returns undefined when it is no `traceparent`: what is stored may have come from a client */
export function traceHeaderOf(traceparent: string | undefined): string | undefined {
  const parts = w3c.exec(traceparent ?? '')
  if (!parts) return undefined
  const [, epoch, unique, span, flags] = parts
  return `Root=1-${epoch}-${unique};Parent=${span};Sampled=${Number.parseInt(flags!, 16) & 1}`
}

/** @returns undefined when the header names no trace, or no place in it. What stands in it besides is left out. */
export function traceparentOf(header: string | undefined): string | undefined {
  const fields: Partial<Record<string, string>> = Object.fromEntries(
    (header ?? '').split(';').map((field) => field.trim().split('=', 2)),
  )
  const [, epoch, unique] = root.exec(fields['Root'] ?? '') ?? []
  const span = fields['Parent'] ?? ''
  if (epoch === undefined || !parent.test(span)) return undefined
  return `00-${epoch}${unique}-${span}-${fields['Sampled'] === '1' ? '01' : '00'}`
}

/** The trace's name in X-Ray: `1-4bf92f35-77b34da6a3ce929d0e0e4736`. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const [, epoch, unique] = w3c.exec(traceparent ?? '') ?? []
  return epoch === undefined ? undefined : `1-${epoch}-${unique}`
}
