import { tableLines } from '#scripts/lib/table.ts'

export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit: string
}

export const table = (measurements: readonly Measurement[]): string =>
  tableLines(
    measurements.map(({ name, value, unit }) => [name, value.toFixed(value < 10 ? 2 : 0), unit]),
    ['left', 'right'],
  ).join('\n')
