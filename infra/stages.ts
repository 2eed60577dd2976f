// Types only: commands read the stage records, and loading the CDK would double the time that they take to start.
import type { RemovalPolicy } from 'aws-cdk-lib'
import { applicationId } from '#shared/application.ts'
import { checkSettings, prefixOf, reservations, StageError, type StageSettings } from './stage-settings.ts'

export type StageName = 'dev' | 'staging' | 'prod'

const stages = {
  dev: {
    logRetention: 'ONE_WEEK',
    removalPolicy: 'DESTROY',
    deletionProtection: false,
    throttle: {
      reads: { requestsPerSecond: 1000, burstRequests: 2000 },
      publicLists: { requestsPerSecond: 1000, burstRequests: 2000 },
      writes: { requestsPerSecond: 1000, burstRequests: 2000 },
      staff: { requestsPerSecond: 200, burstRequests: 400 },
    },
    customerLimits: { ordersPerMinute: 600, uploadsPerMinute: 60 },
    // As many sign-ups as Cognito's own sender has codes for; a stage for more customers has mail.mode 'ses'.
    expectedPeak: {
      customersPerDay: 50,
      customersPerHour: 50,
      busiestSecond: 3,
      ordersPerCustomer: 1,
      readsPerCustomer: 20,
    },
    availabilityObjective: 0.999,
    archiveDays: 30,
    mail: {
      from: 'orders@example.com',
      identity: 'example.com',
      mode: 'simulator',
      staff: 'stock@example.com',
      ratePerSecond: 1,
    },
    payments: { provider: 'sandbox' },
    release: { shift: 'all-at-once', placeOrderConcurrency: 0 },
    lowStockThreshold: 5,
    reservationMinutes: 15,
    reservation: reservations.everyday,
    shipping: { handlingDelaySeconds: 3, expressHandlingDelaySeconds: 1, deliveryDelaySeconds: 3 },
    edgePriceClass: 'PRICE_CLASS_100',
    timeZone: 'Europe/Dublin',
    corsOrigins: ['http://localhost:5173'],
    staffIssuers: [],
    staffMfa: false,
  },
  staging: {
    logRetention: 'ONE_MONTH',
    removalPolicy: 'DESTROY',
    deletionProtection: false,
    throttle: {
      reads: { requestsPerSecond: 200, burstRequests: 400 },
      publicLists: { requestsPerSecond: 100, burstRequests: 200 },
      writes: { requestsPerSecond: 100, burstRequests: 200 },
      staff: { requestsPerSecond: 20, burstRequests: 40 },
    },
    customerLimits: { ordersPerMinute: 30, uploadsPerMinute: 10 },
    expectedPeak: {
      customersPerDay: 5000,
      customersPerHour: 2000,
      busiestSecond: 3,
      ordersPerCustomer: 1,
      readsPerCustomer: 20,
    },
    availabilityObjective: 0.999,
    archiveDays: 30,
    mail: {
      from: 'orders@staging.example.com',
      identity: 'staging.example.com',
      mode: 'simulator',
      staff: 'stock@staging.example.com',
      ratePerSecond: 1,
    },
    payments: { provider: 'sandbox' },
    release: { shift: 'canary-10-percent-5-minutes', placeOrderConcurrency: 0 },
    alarmEmail: 'operations@staging.example.com',
    budget: { monthlyUsd: 30, email: 'operations@staging.example.com' },
    lowStockThreshold: 5,
    reservationMinutes: 15,
    reservation: reservations.everyday,
    shipping: { handlingDelaySeconds: 3, expressHandlingDelaySeconds: 1, deliveryDelaySeconds: 3 },
    edgePriceClass: 'PRICE_CLASS_100',
    timeZone: 'Europe/Dublin',
    corsOrigins: [],
    staffIssuers: [],
    staffMfa: false,
  },
  prod: {
    logRetention: 'ONE_YEAR',
    removalPolicy: 'RETAIN_ON_UPDATE_OR_DELETE',
    deletionProtection: true,
    throttle: {
      reads: { requestsPerSecond: 1000, burstRequests: 2000 },
      publicLists: { requestsPerSecond: 200, burstRequests: 400 },
      writes: { requestsPerSecond: 300, burstRequests: 600 },
      staff: { requestsPerSecond: 20, burstRequests: 40 },
    },
    customerLimits: { ordersPerMinute: 30, uploadsPerMinute: 10 },
    expectedPeak: {
      customersPerDay: 100_000,
      customersPerHour: 40_000,
      busiestSecond: 3,
      ordersPerCustomer: 1,
      readsPerCustomer: 20,
    },
    warmThroughput: { readsPerSecond: 20_000, writesPerSecond: 19_000 },
    availabilityObjective: 0.999,
    archiveDays: 30,
    mail: {
      from: 'orders@example.com',
      identity: 'example.com',
      mode: 'ses',
      staff: 'stock@example.com',
      ratePerSecond: 85,
    },
    payments: { provider: 'sandbox' },
    release: { shift: 'canary-10-percent-5-minutes', placeOrderConcurrency: 5 },
    alarmEmail: 'operations@example.com',
    budget: { monthlyUsd: 300, email: 'operations@example.com' },
    lowStockThreshold: 10,
    reservationMinutes: 15,
    reservation: reservations.everyday,
    shipping: { handlingDelaySeconds: 300, expressHandlingDelaySeconds: 60, deliveryDelaySeconds: 900 },
    edgePriceClass: 'PRICE_CLASS_ALL',
    timeZone: 'Europe/Dublin',
    corsOrigins: [],
    staffIssuers: [],
    staffMfa: true,
  },
} as const satisfies Record<StageName, StageSettings>

/** What the bootstrap app creates in an account, once for all stages. */
export const emailIdentities: readonly string[] = [...new Set(Object.values(stages).map(({ mail }) => mail.identity))]

export interface Stage extends StageSettings {
  readonly name: StageName
  /** The prefix of every physical name: `cartwheel-dev`. */
  readonly prefix: string
}

export const stageNames = Object.keys(stages) as StageName[]

/**
 * The stage that `-c stage=` names.
 * @throws StageError saying which ones there are, or which setting of its record is out of its limits
 */
export function stageOf(name: unknown): Stage {
  const known = stageNames.find((candidate) => candidate === name)
  if (!known) {
    throw new StageError(
      `There is no stage ${JSON.stringify(name)}. Choose one with -c stage=${stageNames.join('|')}, or add its record to infra/stages.ts.`,
    )
  }
  const settings: StageSettings = stages[known]
  checkSettings(known, settings)
  return { name: known, prefix: prefixOf(applicationId, known), ...settings }
}

/** The stack of the pipeline's role, which the bootstrap app creates; it has the stage's tags. */
export const pipelineStackOf = ({ prefix }: Pick<Stage, 'prefix'>): string => `${prefix}-pipeline`

/**
 * For resources with deletion protection: a rollback that tried to delete one would fail, and leave the stack in a state
 * that no deployment leaves. They have generated names, so one that is left over blocks nothing.
 */
export const protectedRemovalPolicy = ({ deletionProtection, removalPolicy }: Stage): keyof typeof RemovalPolicy =>
  deletionProtection ? 'RETAIN' : removalPolicy
