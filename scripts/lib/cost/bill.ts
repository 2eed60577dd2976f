import { daySeconds } from '#shared/days.ts'
import { prices, type PriceName } from './prices.ts'
import { daysPerMonth, type FixedCosts } from './fixed-costs.ts'
import { activities, unitNames, type Activity, type MeasuredUnits, type UnitName, type Units } from './units.ts'

/** Customer activity per order; options of the command override the defaults. */
export interface Traffic {
  readonly ordersPerDay: number
  readonly readsPerOrder: number
  /** In a month. */
  readonly ordersPerCustomer: number
  readonly newCustomersPerOrder: number
  readonly uploadsPerOrder: number
  readonly imagesPerRead: number
}

/** One product list for every three product pages; an order's status is read twice. */
function timesPerMonth({ ordersPerDay, readsPerOrder, newCustomersPerOrder, uploadsPerOrder }: Traffic) {
  const orders = ordersPerDay * daysPerMonth
  return {
    order: orders,
    productList: (orders * readsPerOrder) / 4,
    product: (orders * readsPerOrder * 3) / 4,
    orderStatus: orders * 2,
    signUp: orders * newCustomersPerOrder,
    upload: orders * uploadsPerOrder,
  } satisfies Record<Activity, number>
}

interface BillLine {
  readonly service: string
  readonly what: string
  readonly amount: number
  readonly unit: string
  readonly usd: number
  readonly price: PriceName
}

const secondsPerMonth = daysPerMonth * daySeconds
const bytesPerGb = 2 ** 30

/** Lambda polls a queue with at least five connections; each long poll without a message takes 20 seconds. */
const idlePollsPerMonth = (5 * secondsPerMonth) / 20

const gb = (bytes: number): number => bytes / bytesPerGb

/** X-Ray records the first trace of each second, and one in twenty of the others. */
const tracedShare = 0.05

/** A thumbnail on a page of the catalog. */
const imageBytes = 25_000
/** A response of the API with its headers. */
const responseBytes = 3_000
/** The three thumbnails of one upload. */
const uploadBytes = 120_000

/** What AWS bills for the usage itself; storage and idle resources come on top. */
const usage: readonly {
  readonly service: string
  readonly what: string
  readonly unit: UnitName
  readonly price: PriceName
  /** Units of one priced unit. @default 1 */
  readonly per?: number
}[] = [
  { service: 'API Gateway', what: 'requests', unit: 'apiRequests', price: 'httpApiRequest' },
  { service: 'Lambda', what: 'invocations', unit: 'lambdaRequests', price: 'lambdaRequest' },
  { service: 'Lambda', what: 'duration', unit: 'lambdaGbSeconds', price: 'lambdaGbSecondArm' },
  { service: 'DynamoDB', what: 'writes', unit: 'dynamodbWriteUnits', price: 'dynamodbWriteUnit' },
  { service: 'DynamoDB', what: 'reads', unit: 'dynamodbReadUnits', price: 'dynamodbReadUnit' },
  { service: 'EventBridge', what: 'events', unit: 'events', price: 'eventBridgeEvent' },
  { service: 'EventBridge', what: 'archived', unit: 'eventBytes', price: 'eventBridgeArchiveGb', per: bytesPerGb },
  { service: 'SQS', what: 'messages', unit: 'sqsRequests', price: 'sqsRequest' },
  { service: 'SES', what: 'emails', unit: 'mails', price: 'sesMail' },
  { service: 'S3', what: 'writes', unit: 's3Writes', price: 's3Write' },
  { service: 'S3', what: 'reads', unit: 's3Reads', price: 's3Read' },
  { service: 'CloudWatch', what: 'log ingestion', unit: 'logBytes', price: 'logGb', per: bytesPerGb },
]

/** The list price of an activity's usage in USD, without its emails. */
export const usageUsd = (units: Units): number =>
  usage
    .filter(({ unit }) => unit !== 'mails')
    .reduce((sum, { unit, price, per = 1 }) => sum + (units[unit] / per) * prices[price].usd, 0)

function priced(service: string, what: string, amount: number, name: PriceName): BillLine {
  const { usd, per } = prices[name]
  return { service, what, amount, unit: per, usd: amount * usd, price: name }
}

/** The monthly bill of a stage, list prices, without free allowances. */
export function billOf(measured: MeasuredUnits, fixed: FixedCosts, traffic: Traffic): BillLine[] {
  const times = timesPerMonth(traffic)
  const unitsOf = (name: UnitName): number =>
    activities.reduce((sum, activity) => sum + times[activity] * measured.units[activity][name], 0)
  const units = Object.fromEntries(unitNames.map((name) => [name, unitsOf(name)])) as Record<UnitName, number>
  const reads = times.productList + times.product
  return [
    ...usage.map(({ service, what, unit, price, per = 1 }) => priced(service, what, units[unit] / per, price)),
    priced('Lambda', 'provisioned concurrency', fixed.provisionedGb * secondsPerMonth, 'lambdaProvisionedGbSecondArm'),
    priced('DynamoDB', 'a year of items', gb(units.tableBytes * 12), 'dynamodbGbMonth'),
    priced('DynamoDB', 'backups of items', gb(units.tableBytes * 12), 'dynamodbBackupGbMonth'),
    priced(
      'EventBridge',
      'storage of the archive',
      gb(units.eventBytes) * fixed.archiveMonths,
      'eventBridgeArchiveGbMonth',
    ),
    priced('SQS', 'polls of empty queues', fixed.polledQueues * idlePollsPerMonth, 'sqsRequest'),
    priced('SES', 'codes of sign-ups', times.signUp * fixed.codesPerSignUp, 'sesMail'),
    priced('S3', 'a year of images', gb(times.upload * uploadBytes * 12), 's3GbMonth'),
    priced('CloudFront', 'images served', reads * traffic.imagesPerRead, 'cloudFrontRequest'),
    priced('CloudFront', 'image bytes', gb(reads * traffic.imagesPerRead * imageBytes), 'cloudFrontGb'),
    priced('Data transfer', 'API responses', gb(units.apiRequests * responseBytes), 'dataOutGb'),
    priced('Cognito', 'active users', times.order / traffic.ordersPerCustomer, 'cognitoUser'),
    priced('CloudWatch', 'log storage', gb(units.logBytes) * fixed.logRetentionMonths, 'logGbMonth'),
    priced('CloudWatch', 'custom metrics', traffic.ordersPerDay > 0 ? measured.customMetrics : 0, 'metricMonth'),
    priced('CloudWatch', 'alarms', fixed.alarmMetrics, 'alarmMetricMonth'),
    priced('CloudWatch', 'composite alarms', fixed.compositeAlarms, 'compositeAlarmMonth'),
    priced('CloudWatch', 'dashboards', fixed.dashboards, 'dashboardMonth'),
    priced('Secrets Manager', 'secrets', fixed.secrets, 'secretMonth'),
    priced('X-Ray', 'traces', tracesPerMonth(units.apiRequests), 'trace'),
  ]
}

/** Up to one request per second every request is traced; of the requests above that rate, one in twenty. */
function tracesPerMonth(requests: number): number {
  const perSecond = requests / secondsPerMonth
  return perSecond <= 1 ? requests : secondsPerMonth * (1 + (perSecond - 1) * tracedShare)
}

/** The part of the bill that the monthly free tier covers, if no other workload of the account uses it. */
export function allowanceOf(lines: readonly BillLine[]): number {
  const names = new Set(lines.map(({ price }) => price))
  return [...names].reduce((sum, name) => {
    const used = lines.filter(({ price }) => price === name).reduce((total, { amount }) => total + amount, 0)
    return sum + Math.min(used, prices[name].freePerMonth ?? 0) * prices[name].usd
  }, 0)
}

export const totalOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0)

const count = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })
export const dollars = (usd: number): string => `$${usd.toFixed(2)}`

/** Rows by service with subtotals, the most expensive first; items without cost are omitted. */
export function billRows(lines: readonly BillLine[]): string[][] {
  return [...new Set(lines.map(({ service }) => service))]
    .map((service) => lines.filter((line) => line.service === service && line.usd > 0))
    .filter((items) => totalOf(items) > 0)
    .toSorted((a, b) => totalOf(b) - totalOf(a))
    .flatMap((items) => [
      [items[0]!.service, dollars(totalOf(items))],
      ...items.map(({ what, amount, unit, usd }) => [`  ${what}`, dollars(usd), `${count.format(amount)} × ${unit}`]),
    ])
}
