export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** The value below which the share `q` (0 to 1) of the values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

export function table(measurements: readonly Measurement[]): string {
  const width = Math.max(...measurements.map(({ name }) => name.length))
  return measurements
    .map(({ name, value, unit }) => `${name.padEnd(width)}  ${value.toFixed(value < 10 ? 2 : 0).padStart(7)} ${unit}`)
    .join('\n')
}
