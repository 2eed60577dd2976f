import { mailPollers, mailsPerPollerPerSecond } from '#infra/mail-rate.ts'
import type { StageSettings } from '#infra/stage-settings.ts'
import type { Stage } from '#infra/stages.ts'
import type { MeasuredUnits } from '../cost/units.ts'
import { tableLines } from '../table.ts'
import { assumed, capacityOf, newTable, sizedFor, type Capacity, type Demand, type Load } from './capacity.ts'
import { okIf, reportLines, type Verdict } from './verdict.ts'

/** The capacity that a stage needs at its expected peak and at the limits of its throttles, as a table. */
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
    ofLoad('quotes', 'quotes'),
    ofLoad('single products', 'products'),
    ofDemand('table: read units', 'tableReads'),
    ofDemand('table: write units', 'tableWrites'),
    ofDemand('Lambda: concurrent executions', 'concurrency'),
    ofDemand('bus: events', 'events'),
  ]
  const { order } = measured.units
  return [
    `${stage.name}: ${customersPerDay} customers per day, ${customersPerHour} in the busiest hour, ${busiestSecond} times its mean in the busiest second`,
    `An order: ${order.dynamodbWriteUnits} write units, ${order.dynamodbReadUnits} read units, ${order.lambdaRequests} invocations (measured ${measured.measured.on})`,
    `An invocation: ${assumed.writeMs} ms for a write, ${assumed.readMs} ms for a read (assumed)`,
    '',
    ...tableLines(
      [['per second', 'expected', 'admitted'], ...rows.map(([name, ...values]) => [name, ...values.map(figure)])],
      ['left', 'right', 'right'],
    ),
    '',
    `Emails: ${capacity.mailsPerSecond} per second (${figure(capacity.codesPerSecond)} codes of sign-ups, ${figure(capacity.shopMailsPerSecond)} of the shop), ${capacity.mailsPerDay} per day`,
    `A new table: ${newTable.reads} read units, ${newTable.writes} write units; the stage is configured for ${warmth(stage)}`,
    '',
    ...reportLines([
      checkThrottle(stage, capacity),
      checkWarmth(stage, capacity),
      checkHotItem(capacity),
      checkMailPollers(stage, capacity),
      checkSignUps(capacity),
    ]),
  ].join('\n')
}

const warmth = ({ warmThroughput }: Stage): string =>
  warmThroughput ? `${warmThroughput.readsPerSecond} and ${warmThroughput.writesPerSecond}` : 'the same'

const figure = (value: number): string => String(Math.round(value * 10) / 10)

const rounded = (value: number) => Number(value.toPrecision(3))

/** Whether the stage's throttles admit the expected peak. */
export function checkThrottle({ throttle }: Pick<StageSettings, 'throttle'>, { peak }: Capacity): Verdict {
  const needed = [peak.orders, peak.productLists, peak.products].map(rounded)
  const admitted = [throttle.writes, throttle.publicLists, throttle.reads].map((each) => each.requestsPerSecond)
  const found = `the peak needs ${needed[0]} orders, ${needed[1]} product lists and ${needed[2]} single products per second; the throttles admit ${admitted[0]}, ${admitted[1]} and ${admitted[2]}`
  const admits = needed.every((each, index) => each <= admitted[index]!)
  return okIf(admits, 'throttle', found, 'Raise throttle in infra/stages.ts, or lower expectedPeak.')
}

/** Whether the table can immediately serve the load that the stage is sized for. */
export function checkWarmth(stage: Pick<StageSettings, 'warmThroughput'>, capacity: Capacity): Verdict {
  const { tableReads, tableWrites } = sizedFor(stage, capacity)
  const { readsPerSecond: reads, writesPerSecond: writes } = stage.warmThroughput ?? {
    readsPerSecond: newTable.reads,
    writesPerSecond: newTable.writes,
  }
  const whatFor = stage.warmThroughput ? 'the load that the throttles admit' : 'the peak'
  const found = `${whatFor} needs ${tableReads} reads and ${tableWrites} writes per second; the table starts with ${reads} and ${writes}`
  const suffices = tableReads <= reads && tableWrites <= writes
  return okIf(suffices, 'warm table', found, 'Raise warmThroughput in infra/stages.ts.')
}

/** Whether all orders of the peak can be for the same SKU. */
export function checkHotItem({ peak, hotItemOrders }: Capacity): Verdict {
  const found = `one item can be ordered ${hotItemOrders} times per second, and the peak has ${rounded(peak.orders)} orders per second`
  const remedy =
    'Orders wait in the queue and are not lost. For a sale set reservation in infra/stages.ts to reservations.flashSale.'
  return okIf(peak.orders <= hotItemOrders, 'hot item', found, remedy)
}

/** Whether the shop's emails are sent as fast as they arise, within the rate of the stage record. */
export function checkMailPollers(
  settings: Pick<StageSettings, 'mail' | 'expectedPeak'>,
  { codesPerSecond, shopMailsPerSecond }: Capacity,
): Verdict {
  const pollers = mailPollers(settings)
  // The least number of pollers may be more than the rate allows.
  const allowed = Math.max(0, settings.mail.ratePerSecond - codesPerSecond)
  const sent = Math.min(pollers * mailsPerPollerPerSecond, allowed)
  const found = `${pollers} pollers send at most ${rounded(sent)} emails per second beside ${rounded(codesPerSecond)} codes, within mail.ratePerSecond ${settings.mail.ratePerSecond}; the peak has ${rounded(shopMailsPerSecond)}`
  const remedy =
    'Emails would wait in the queue. Raise mail.ratePerSecond in infra/stages.ts, and the sending rate of the account with it.'
  return okIf(shopMailsPerSecond <= sent, 'mail pollers', found, remedy)
}

/** A sign-up is a SignUp and a ConfirmSignUp, both of the user pool's category UserCreation. */
const callsPerSignUp = 2

/** "It's allocated with a combined quota of 50 RPS", for all pools of an account and region (Cognito developer guide, quotas). */
const defaultUserCreationCalls = 50

/**
 * Whether the user pool takes the sign-ups of the busiest second without a quota that was raised. Preflight does not check it,
 * since it would warn of accounts with a raised one as well.
 */
export function checkSignUps({ peak }: Capacity): Verdict {
  const calls = peak.signUps * callsPerSignUp
  const found = `the peak has ${rounded(peak.signUps)} sign-ups per second, which are ${rounded(calls)} calls; an account's user pools take ${defaultUserCreationCalls} by default`
  const remedy =
    'Sign-ups above it are rejected. Buy capacity: Service Quotas console > Amazon Cognito User Pools > Rate of UserCreation requests.'
  return okIf(calls <= defaultUserCreationCalls, 'sign-ups', found, remedy)
}
