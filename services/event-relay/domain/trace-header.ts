/**
 * A W3C `traceparent` as the X-Ray header that EventBridge takes; undefined when it is none, since a client wrote it.
 * `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01` →
 * `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1`
 */
export function traceHeaderOf(traceparent: string | undefined): string | undefined {
  const parts = /^00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  if (!parts) return undefined
  const [, epoch, unique, parent, flags] = parts
  return `Root=1-${epoch}-${unique};Parent=${parent};Sampled=${Number.parseInt(flags!, 16) & 1}`
}
