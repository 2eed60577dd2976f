import type { MetricSink } from './metric.ts'

/** The maximum number of values of an embedded metric. */
const maxValues = 100

interface Directive {
  readonly Namespace: string
  readonly Dimensions: readonly (readonly string[])[]
  readonly Metrics: readonly { readonly Name: string }[]
}

/**
 * Publishes the metrics of a log line in CloudWatch's embedded metric format (AWS: "Specification: Embedded metric
 * format"). As on AWS, a line that does not conform is ignored.
 */
export function readEmbeddedMetrics(line: string, sink: MetricSink): void {
  if (!line.includes('"CloudWatchMetrics"')) return
  const document = parsed(line)
  const { Timestamp: timeMs, CloudWatchMetrics: directives } = document?._aws ?? {}
  if (typeof timeMs !== 'number' || !Array.isArray(directives)) return
  for (const directive of directives)
    if (isDirective(directive)) publish(directive, { document: document!, timeMs, sink })
}

function publish(
  { Namespace: namespace, Dimensions, Metrics }: Directive,
  { document, timeMs, sink }: { document: Record<string, unknown>; timeMs: number; sink: MetricSink },
): void {
  const sets = Dimensions.map((names) => dimensionsOf(names, document)).filter((set) => set !== undefined)
  for (const { Name: name } of Metrics) {
    const values = valuesOf(document[name])
    for (const dimensions of sets) for (const value of values) sink.add({ namespace, name, dimensions }, value, timeMs)
  }
}

/** @returns undefined when the line has no value for one of the dimensions */
function dimensionsOf(names: readonly string[], document: Record<string, unknown>): Record<string, string> | undefined {
  const dimensions: [name: string, value: string][] = []
  for (const name of names) {
    const value = document[name]
    if (typeof value !== 'string') return undefined
    dimensions.push([name, value])
  }
  return Object.fromEntries(dimensions)
}

function valuesOf(member: unknown): number[] {
  const values: unknown[] = Array.isArray(member) ? member : [member]
  const valid = values.every((value) => typeof value === 'number' && Number.isFinite(value))
  return valid && values.length <= maxValues ? (values as number[]) : []
}

function isDirective(value: any): value is Directive {
  return (
    typeof value?.Namespace === 'string' &&
    Array.isArray(value.Dimensions) &&
    value.Dimensions.every((set: unknown) => Array.isArray(set) && set.length <= 30) &&
    Array.isArray(value.Metrics) &&
    value.Metrics.every((metric: any) => typeof metric?.Name === 'string')
  )
}

function parsed(line: string): (Record<string, unknown> & { _aws?: any }) | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
