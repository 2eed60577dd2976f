// Types only: commands read the stage records, and loading the CDK would double the time that they take to start.
import type { RemovalPolicy } from 'aws-cdk-lib'
import type { PriceClass } from 'aws-cdk-lib/aws-cloudfront'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { maxArchiveDays } from '#shared/days.ts'

/** The settings that differ between stages. A new stage is a name and a record in stages.ts, and nothing else. */
export interface StageSettings {
  readonly logRetention: keyof typeof RetentionDays
  /**
   * Whether table, users, buckets and logs are retained when their stack is deleted; buckets must be emptied before. To
   * retain them, use `RETAIN_ON_UPDATE_OR_DELETE`: with `RETAIN` a first deployment that fails leaves log groups whose
   * names block the next one.
   */
  readonly removalPolicy: keyof Pick<typeof RemovalPolicy, 'DESTROY' | 'RETAIN_ON_UPDATE_OR_DELETE'>
  /** Refuses the deletion of the stacks, the table and the user pool until it is switched off. */
  readonly deletionProtection: boolean
  /** The limit of each single route by its kind; above it API Gateway returns 429. */
  readonly throttle: {
    readonly reads: Throttle
    /** Public lists, and quotes: the reads that cost most and need no account. */
    readonly publicLists: Throttle
    readonly writes: Throttle
    readonly staff: Throttle
  }
  /**
   * The most that one customer can do in a minute; above it the function returns 429. The throttles are shared by all
   * callers, so without this one customer could use them up.
   */
  readonly customerLimits: { readonly ordersPerMinute: number; readonly uploadsPerMinute: number }
  /** The load that the stage must serve; `npm run preflight -- --stage NAME --capacity` calculates what it needs. */
  readonly expectedPeak: ExpectedPeak
  /**
   * What the table can take from the first second, for everything that the throttles admit. It can be raised and
   * never lowered, and AWS charges what exceeds a new table's own once. @default what every new table can take
   */
  readonly warmThroughput?: { readonly readsPerSecond: number; readonly writesPerSecond: number }
  /** The share of requests that the API serves without a fault of its own; what is left is the error budget. */
  readonly availabilityObjective: number
  /** A restored table that replaces the stack's own, which is retained: see docs/runbooks/restore.md. */
  readonly restoredTable?: { readonly tableName: string; readonly streamArn: string }
  /**
   * How far back events can be replayed, at most 30 days. Notifications recognize an event for 35 days; orders and
   * reservations indefinitely.
   */
  readonly archiveDays: number
  readonly mail: MailSettings
  readonly payments: PaymentSettings
  readonly release: ReleaseSettings
  /** Receives every alarm. Without it alarms show in the console only. */
  readonly alarmEmail?: string
  /** Receives an email when a month costs more, or is forecast to. Without it no budget exists. */
  readonly budget?: { readonly monthlyUsd: number; readonly email: string }
  /** Stock at or below this raises StockLow, once. */
  readonly lowStockThreshold: number
  /** How long the pieces of an order are held for its payment. */
  readonly reservationMinutes: number
  /** How orders are grouped for the reservation of stock: `reservations.everyday`, or `reservations.flashSale`. */
  readonly reservation: ReservationSettings
  readonly shipping: ShippingSettings
  /** The web's own domain. @default a domain of CloudFront */
  readonly domain?: Domain
  /** The price class of the CDN: how many edge locations serve the web. */
  readonly edgePriceClass: keyof typeof PriceClass
  /** Of the days in reports and on invoices: a name of the IANA time zone database. */
  readonly timeZone: string
  /** Origins of other pages that may call the API; the stage's own web needs none. None: no CORS headers at all. */
  readonly corsOrigins: readonly string[]
  /** Issuers of staff's tokens besides the shop's own user pool, such as a company's identity provider. */
  readonly staffIssuers: readonly StaffIssuer[]
  /**
   * Whether staff of the shop's own user pool need a second factor (TOTP) for `/admin`; customers may then set one up
   * as well. The end-to-end suite signs staff in with a password and cannot run on a stage that has it.
   */
  readonly staffMfa: boolean
}

/** A domain for the distribution. */
export interface Domain {
  /** As in a URL: `shop.example.com`. */
  readonly name: string
  /** An issued certificate for that name, in us-east-1. */
  readonly certificateArn: string
  /** The public zone in Route 53 that gets the records. @default a person points the domain to the distribution */
  readonly hostedZone?: { readonly id: string; readonly name: string }
}

export interface Throttle {
  readonly requestsPerSecond: number
  readonly burstRequests: number
}

/** The busiest day, hour and second that a stage is made for. All customers of that day are new ones. */
export interface ExpectedPeak {
  readonly customersPerDay: number
  readonly customersPerHour: number
  /** The busiest second by the mean of its hour. */
  readonly busiestSecond: number
  readonly ordersPerCustomer: number
  /** Pages of the catalog that each looks at. */
  readonly readsPerCustomer: number
}

/**
 * The queue of orders that wait for their stock. A batch becomes one transaction if its items fit into one, and
 * transactions on one SKU exclude each other, so larger batches sell a SKU faster, and more of them at a time do not.
 */
export interface ReservationSettings {
  /** Orders of a batch. */
  readonly batchSize: number
  /** How long a batch waits to fill. It delays every order of a quiet shop, and is required above 10 orders. */
  readonly batchWindowSeconds: number
  /** Batches handled at the same time. */
  readonly maxConcurrency: number
}

/** docs/capacity.md has the orders per second of each. */
export const reservations = {
  /** The largest batches that delay no order. */
  everyday: { batchSize: 10, batchWindowSeconds: 0, maxConcurrency: 2 },
  /** For the hours of a sale: 98 orders and two SKUs are the 100 items of a transaction. An order waits for up to a second. */
  flashSale: { batchSize: 98, batchWindowSeconds: 1, maxConcurrency: 2 },
} as const satisfies Record<string, ReservationSettings>

/** A mistake in the arguments or in a stage record, reported in one line without a stack trace. */
export class StageError extends Error {}

/** The limits of an SQS event source mapping, and of one transaction: an order and its SKUs are at least two of 100 items. */
const reservationLimits = { batchSize: [1, 99], batchWindowSeconds: [0, 300], maxConcurrency: [2, 1000] } as const

/** Above this an SQS event source mapping requires a batch window of at least a second. */
const largestBatchWithoutWindow = 10

/** @throws StageError naming the setting and its limits */
export function checkReservation(stage: string, reservation: ReservationSettings): void {
  for (const name of ['batchSize', 'batchWindowSeconds', 'maxConcurrency'] as const) {
    const [least, most] = reservationLimits[name]
    const value = reservation[name]
    if (Number.isInteger(value) && value >= least && value <= most) continue
    throw new StageError(`${stage}: reservation.${name} is ${value}, not an integer from ${least} to ${most}.`)
  }
  if (reservation.batchSize <= largestBatchWithoutWindow || reservation.batchWindowSeconds >= 1) return
  throw new StageError(
    `${stage}: reservation.batchSize is over ${largestBatchWithoutWindow}, which needs a batchWindowSeconds of at least 1.`,
  )
}

/** Delays of queues, in whole seconds. */
export interface ShippingSettings {
  /** How long a paid order waits before its parcel is created, so that it can still be cancelled. */
  readonly handlingDelaySeconds: number
  /** The same for express orders. */
  readonly expressHandlingDelaySeconds: number
  /** When the sandbox carrier delivers a parcel. */
  readonly deliveryDelaySeconds: number
}

/** "Valid values: An integer from 0 to 900 (15 minutes)" (SQS API reference, SetQueueAttributes, DelaySeconds). */
const longestDelaySeconds = 900

/** @throws StageError naming the setting and its limits */
export function checkShipping(stage: string, shipping: ShippingSettings): void {
  for (const [name, value] of Object.entries(shipping)) {
    if (Number.isInteger(value) && value >= 0 && value <= longestDelaySeconds) continue
    throw new StageError(`${stage}: shipping.${name} is ${value}, not an integer from 0 to ${longestDelaySeconds}.`)
  }
}

/** @throws StageError when events could be replayed that services do not recognize any more */
export function checkArchive(stage: string, archiveDays: number): void {
  if (Number.isInteger(archiveDays) && archiveDays >= 1 && archiveDays <= maxArchiveDays) return
  throw new StageError(`${stage}: archiveDays is ${archiveDays}, not an integer from 1 to ${maxArchiveDays}.`)
}

/**
 * "To use a certificate in ACM to require HTTPS between viewers and CloudFront, make sure you request (or import) the
 * certificate in the US East (N. Virginia) Region (us-east-1)" (CloudFront developer guide, requirements for certificates).
 * @throws StageError naming the setting and what it must be
 */
export function checkDomain(stage: string, { name, certificateArn, hostedZone }: Domain): void {
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(name)) {
    throw new StageError(`${stage}: domain.name is ${JSON.stringify(name)}, not a name such as "shop.example.com".`)
  }
  if (!/^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\/[\w-]+$/.test(certificateArn)) {
    throw new StageError(
      `${stage}: domain.certificateArn is ${JSON.stringify(certificateArn)}, not a certificate of ACM in us-east-1, which CloudFront requires.`,
    )
  }
  if (hostedZone && name !== hostedZone.name && !name.endsWith(`.${hostedZone.name}`)) {
    throw new StageError(`${stage}: domain.name is ${name}, which is not in the hosted zone ${hostedZone.name}.`)
  }
}

/** How a new version of a function behind a route gets its callers. */
export type Shift = 'all-at-once' | 'canary-10-percent-5-minutes'

export interface ReleaseSettings {
  readonly shift: Shift
  /**
   * Environments for placing orders that are always ready, and paid for. A new account's quota of 10 concurrent
   * executions leaves no room for any.
   */
  readonly placeOrderConcurrency: 0 | 5
}

export interface MailSettings {
  /** The sender of all emails, of the shop and of the user pool. */
  readonly from: string
  /**
   * The identity of SES that permits the sender: its domain, or its address. It belongs to the account, so it is created
   * and verified before the stage is deployed (docs/deploying.md); stages may share it.
   */
  readonly identity: string
  /**
   * `ses`: a rejection by SES is an error, and the user pool sends its codes through SES too. `simulator`: for an account in
   * the SES sandbox, where SES rejects email to addresses that are not verified. Such an email is sent to the SES mailbox
   * simulator, or not at all while the sender is not verified; codes are sent by Cognito's own sender, 50 a day.
   */
  readonly mode: 'ses' | 'simulator'
  /** Receives emails about low stock. @default none are sent */
  readonly staff?: string
  /** Emails per second that SES permits this stage to send: its share of the account's sending rate, 1 in the sandbox. */
  readonly ratePerSecond: number
}

/**
 * Who charges customers. `sandbox`: no real charges. `stripe`: with an API key and a webhook's signing secret that a person
 * stores in Secrets Manager under these names, as plain text, before the stage is deployed (docs/deploying.md).
 */
export type PaymentSettings =
  | { readonly provider: 'sandbox' }
  | { readonly provider: 'stripe'; readonly apiKeySecret: string; readonly webhookSecret: string }

export interface StaffIssuer {
  /** As in the token's `iss`; its keys are looked up below `/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly clientIds: readonly string[]
  /** The claim that lists the user's groups, one of which must be `staff`. */
  readonly groupsClaim: string
}

/**
 * The longest prefix of a stage's names. EventBridge's rules leave the least: a rule's name has at most 64 characters (EventBridge
 * API reference, PutRule), of which the longest name takes 45 after the prefix.
 */
export const maxPrefixLength = 19

/**
 * The prefix of every physical name of a stage: `cartwheel-dev`. A stage's name has no hyphen: lists of queues, permissions and
 * the rule of alarm mails select by `<prefix>-`, so that `prod` would get the alarms of `prod-eu`.
 * @throws StageError naming what must be changed, and where
 */
export function prefixOf(application: string, stage: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(application)) {
    throw new StageError(
      `applicationId in shared/application.ts is ${JSON.stringify(application)}, not lower case letters, digits and single hyphens.`,
    )
  }
  if (!/^[a-z][a-z0-9]*$/.test(stage)) {
    throw new StageError(
      `A stage is named ${JSON.stringify(stage)} in infra/stages.ts, not by lower case letters and digits, without a hyphen.`,
    )
  }
  const prefix = `${application}-${stage}`
  if (prefix.length <= maxPrefixLength) return prefix
  throw new StageError(
    `The names of the stage would begin with ${prefix}, which has ${prefix.length} of at most ${maxPrefixLength} characters. Choose a shorter applicationId in shared/application.ts, or a shorter name of the stage.`,
  )
}

/**
 * Settings that AWS accepts and that do nothing, or that a deployment rejects in its last stack.
 * @throws StageError naming the setting and what it must be
 */
export function checkValues(
  stage: string,
  {
    availabilityObjective,
    timeZone,
    corsOrigins,
    mail,
  }: Pick<StageSettings, 'availabilityObjective' | 'timeZone' | 'corsOrigins' | 'mail'>,
): void {
  const reject = (setting: string, value: unknown, rule: string): never => {
    throw new StageError(`${stage}: ${setting} is ${JSON.stringify(value)}, ${rule}`)
  }
  // A burn rate of 14.4 is more than all requests below 0.931, and of 1 no budget is left to be spent.
  if (!(availabilityObjective >= 0.95 && availabilityObjective < 1)) {
    reject('availabilityObjective', availabilityObjective, 'not a share from 0.95 to less than 1.')
  }
  if (!isTimeZone(timeZone)) reject('timeZone', timeZone, 'not a name of the IANA database such as "Europe/Dublin".')
  const origin = corsOrigins.find((each) => each !== '*' && !/^https?:\/\/[^/]+$/.test(each))
  if (origin !== undefined) {
    reject(
      'corsOrigins',
      origin,
      'not an origin as browsers send it: scheme, host and port, without a slash at the end.',
    )
  }
  const { from, identity } = mail
  if (from !== identity && !from.endsWith(`@${identity}`) && !from.endsWith(`.${identity}`)) {
    reject('mail.from', from, `not an address of mail.identity, ${identity}.`)
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}

/** @throws StageError naming the first setting that is out of its limits, and them */
export function checkSettings(stage: string, settings: StageSettings): void {
  const { reservation, shipping, archiveDays, domain } = settings
  checkReservation(stage, reservation)
  checkShipping(stage, shipping)
  checkArchive(stage, archiveDays)
  checkValues(stage, settings)
  if (domain) checkDomain(stage, domain)
}
