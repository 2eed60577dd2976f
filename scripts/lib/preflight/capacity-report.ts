import type { Stage } from '#infra/stages.ts'
import type { MeasuredUnits } from '../cost/units.ts'
import { assumed, capacityOf, newTable, type Demand, type Load } from './capacity.ts'
import { checkHotItem, checkThrottle, checkWarmth } from './peak.ts'
import { reportLines } from './report.ts'

/** What a stage needs at its peak and for all that its throttles let in, as a table. */
export function capacityReport(stage: Stage, measured: MeasuredUnits): string {
  const capacity = capacityOf(stage, measured)
  const { peak, peakDemand, admitted, admittedDemand } = capacity
  const { customersPerDay, customersPerHour, busiestSecond } = stage.expectedPeak
  const ofLoad = (name: string, key: keyof Load) => [name, peak[key], admitted[key]] as const
  const ofDemand = (name: string, key: keyof Demand) => [name, peakDemand[key], admittedDemand[key]] as const
  const rows = [
    ofLoad('orders', 'orders'),
    ofLoad('sign-ups', 'signUps'),
    ofLoad('product lists', 'productLists'),
    ofLoad('single products', 'products'),
    ofDemand('table: read units', 'tableReads'),
    ofDemand('table: write units', 'tableWrites'),
    ofDemand('Lambda: environments at work', 'concurrency'),
    ofDemand('bus: events', 'events'),
  ]
  const { order } = measured.units
  return [
    `${stage.name}: ${customersPerDay} customers a day, ${customersPerHour} in the busiest hour, ${busiestSecond} times its mean in the busiest second`,
    `An order: ${order.dynamodbWriteUnits} write units, ${order.dynamodbReadUnits} read units, ${order.lambdaRequests} invocations (measured ${measured.measured.on})`,
    `An invocation: ${assumed.writeMs} ms that writes, ${assumed.readMs} ms that reads (assumed)`,
    '',
    row('each second', 'expected', 'let in'),
    ...rows.map(([name, expected, most]) => row(name, figure(expected), figure(most))),
    '',
    `Mails: ${capacity.mailsPerSecond} a second, ${capacity.mailsPerDay} a day`,
    `A new table: ${newTable.reads} read units, ${newTable.writes} write units; the record asks for ${warmth(stage)}`,
    '',
    ...reportLines([checkThrottle(stage, capacity), checkWarmth(stage, capacity), checkHotItem(capacity)]),
  ].join('\n')
}

const warmth = ({ warmThroughput }: Stage): string =>
  warmThroughput ? `${warmThroughput.readsPerSecond} and ${warmThroughput.writesPerSecond}` : 'no more'

const row = (name: string, expected: string, most: string): string =>
  `${name.padEnd(28)}  ${expected.padStart(8)}  ${most.padStart(8)}`

const figure = (value: number): string => String(Math.round(value * 10) / 10)
