import type { PriceName, Prices } from './prices.ts'
import type { Standing } from './fixed-costs.ts'
import { timesAMonth, type Traffic } from './traffic.ts'
import { activities, unitNames, type MeasuredUnits, type UnitName } from './units.ts'

export interface BillLine {
  readonly service: string
  readonly what: string
  readonly amount: number
  readonly unit: string
  readonly usd: number
  readonly price: PriceName
}

const secondsAMonth = (365 / 12) * 86_400
const bytesAGb = 2 ** 30

/** Lambda polls a queue with five connections at the least, each asking anew after 20 seconds of nothing. */
const idlePollsAMonth = (5 * secondsAMonth) / 20

const gb = (bytes: number): number => bytes / bytesAGb

/** What X-Ray records: the first trace of each second, and one in twenty of the others. */
const tracedShare = 0.05

/** A thumbnail as catalogue pages show it. */
const pictureBytes = 25_000
/** An answer of the API with its headers. */
const answerBytes = 3_000
/** The three pictures that are made of one upload. */
const uploadBytes = 120_000

/** The monthly bill of a stage, list prices, without free allowances. */
export function billOf(measured: MeasuredUnits, standing: Standing, traffic: Traffic, prices: Prices): BillLine[] {
  const times = timesAMonth(traffic)
  const unitsOf = (name: UnitName): number =>
    activities.reduce((sum, activity) => sum + times[activity] * measured.units[activity][name], 0)
  const units = Object.fromEntries(unitNames.map((name) => [name, unitsOf(name)])) as Record<UnitName, number>
  const reads = times.productList + times.product
  const line = (service: string, what: string, amount: number, name: PriceName): BillLine => {
    const { usd, per } = prices.prices[name]
    return { service, what, amount, unit: per, usd: amount * usd, price: name }
  }
  return [
    line('API Gateway', 'requests', units.apiRequests, 'httpApiRequest'),
    line('Lambda', 'invocations', units.lambdaRequests, 'lambdaRequest'),
    line('Lambda', 'duration', units.lambdaGbSeconds, 'lambdaGbSecondArm'),
    line('Lambda', 'kept ready', standing.provisionedGb * secondsAMonth, 'lambdaProvisionedGbSecondArm'),
    line('DynamoDB', 'writes', units.dynamodbWriteUnits, 'dynamodbWriteUnit'),
    line('DynamoDB', 'reads', units.dynamodbReadUnits, 'dynamodbReadUnit'),
    line('DynamoDB', 'a year of items', gb(units.tableBytes * 12), 'dynamodbGbMonth'),
    line('DynamoDB', 'backups of them', gb(units.tableBytes * 12), 'dynamodbBackupGbMonth'),
    line('EventBridge', 'events', units.events, 'eventBridgeEvent'),
    line('EventBridge', 'archived', gb(units.eventBytes), 'eventBridgeArchiveGb'),
    line(
      'EventBridge',
      'kept in the archive',
      gb(units.eventBytes) * standing.archiveMonths,
      'eventBridgeArchiveGbMonth',
    ),
    line('SQS', 'messages', units.sqsRequests, 'sqsRequest'),
    line('SQS', 'polls of empty queues', standing.polledQueues * idlePollsAMonth, 'sqsRequest'),
    line('SES', 'mails', units.mails, 'sesMail'),
    line('S3', 'writes', units.s3Writes, 's3Write'),
    line('S3', 'reads', units.s3Reads, 's3Read'),
    line('S3', 'a year of pictures', gb(times.upload * uploadBytes * 12), 's3GbMonth'),
    line('CloudFront', 'pictures shown', reads * traffic.picturesPerRead, 'cloudFrontRequest'),
    line('CloudFront', 'their bytes', gb(reads * traffic.picturesPerRead * pictureBytes), 'cloudFrontGb'),
    line('Data transfer', "the API's answers", gb(units.apiRequests * answerBytes), 'dataOutGb'),
    line('Cognito', 'active users', times.order / traffic.ordersPerCustomer, 'cognitoUser'),
    line('CloudWatch', 'logs taken in', gb(units.logBytes), 'logGb'),
    line('CloudWatch', 'logs kept', gb(units.logBytes) * standing.logRetentionMonths, 'logGbMonth'),
    line('CloudWatch', 'custom metrics', traffic.ordersPerDay > 0 ? measured.customMetrics : 0, 'metricMonth'),
    line('CloudWatch', 'alarms', standing.alarmMetrics, 'alarmMetricMonth'),
    line('CloudWatch', 'composite alarms', standing.compositeAlarms, 'compositeAlarmMonth'),
    line('CloudWatch', 'dashboards', standing.dashboards, 'dashboardMonth'),
    line('X-Ray', 'traces', tracesAMonth(units.apiRequests), 'trace'),
  ]
}

/** Every request of a quiet shop is traced, one in twenty of a busy one. */
function tracesAMonth(requests: number): number {
  const aSecond = requests / secondsAMonth
  return aSecond <= 1 ? requests : secondsAMonth * (1 + (aSecond - 1) * tracedShare)
}

/** What the allowances that never end take off the bill, if nothing else in the account uses them up. */
export function allowanceOf(lines: readonly BillLine[], { prices }: Prices): number {
  const names = new Set(lines.map(({ price }) => price))
  return [...names].reduce((sum, name) => {
    const used = lines.filter(({ price }) => price === name).reduce((total, { amount }) => total + amount, 0)
    return sum + Math.min(used, prices[name].freeAMonth ?? 0) * prices[name].usd
  }, 0)
}

export const totalOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0)
