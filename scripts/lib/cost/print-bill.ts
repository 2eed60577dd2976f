import type { BillLine } from './bill.ts'
import { totalOf } from './bill.ts'

const count = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })
export const dollars = (usd: number) => `$${usd.toFixed(2)}`

/** A table by service, each with its sum, dearest first; what costs nothing is left out. */
export function printBill(lines: readonly BillLine[], print: (line: string) => void): void {
  const services = [...new Set(lines.map(({ service }) => service))]
    .map((service) => ({ service, lines: lines.filter((line) => line.service === service && line.usd > 0) }))
    .map((group) => ({ ...group, usd: totalOf(group.lines) }))
    .filter(({ usd }) => usd > 0)
    .toSorted((a, b) => b.usd - a.usd)
  for (const { service, lines: items, usd } of services) {
    print(`${service.padEnd(16)}${dollars(usd).padStart(12)}`)
    for (const { what, amount, unit, usd: part } of items) {
      print(`  ${what.padEnd(26)}${dollars(part).padStart(12)}  ${count.format(amount)} × ${unit}`)
    }
  }
}
