import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const Price = z.strictObject({
  usd: z.number().positive(),
  per: z.string().min(3),
  /** The monthly free tier of each account that does not expire. */
  freePerMonth: z.number().positive().optional(),
  source: z.url(),
})

const names = [
  'lambdaRequest',
  'lambdaGbSecondArm',
  'lambdaProvisionedGbSecondArm',
  'httpApiRequest',
  'dynamodbWriteUnit',
  'dynamodbReadUnit',
  'dynamodbGbMonth',
  'dynamodbBackupGbMonth',
  'eventBridgeEvent',
  'eventBridgeArchiveGb',
  'eventBridgeArchiveGbMonth',
  'sqsRequest',
  'sesMail',
  's3Write',
  's3Read',
  's3GbMonth',
  'cloudFrontRequest',
  'cloudFrontGb',
  'dataOutGb',
  'cognitoUser',
  'logGb',
  'logGbMonth',
  'metricMonth',
  'alarmMetricMonth',
  'compositeAlarmMonth',
  'dashboardMonth',
  'secretMonth',
  'trace',
] as const

const PriceFile = z.strictObject({
  asOf: z.string().regex(/^\d{4}-\d{2}$/),
  region: z.string(),
  currency: z.literal('USD'),
  note: z.string(),
  prices: z.record(z.enum(names), Price),
})

export type PriceName = (typeof names)[number]
export type Prices = z.infer<typeof PriceFile>

/** The price list beside this file. */
export const readPrices = (file = join(import.meta.dirname, 'prices.json')): Prices =>
  PriceFile.parse(JSON.parse(readFileSync(file, 'utf8')))
